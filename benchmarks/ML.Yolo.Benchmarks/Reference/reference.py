"""What the ratios are taken against: the same network, loss and step, written plainly in PyTorch.

The network is built from the description on the command line (this library's JSON of an architecture). Every line on the standard input is a request,
{"work": name, "threads": n, "rounds": n}; the answer is one line, {"ms": [...]} or {"error": text}.
"""
import copy
import json
import math
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch.nn.utils.fusion import fuse_conv_bn_eval
except ImportError:
    sys.exit(1)  # this Python has none; another may


class Conv(nn.Module):
    def __init__(self, inputs, outputs, kernel=1, stride=1, padding=None):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 if padding is None else padding, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))

    def fuse(self):
        self.conv = fuse_conv_bn_eval(self.conv, self.norm)
        self.norm = nn.Identity()


class Bottleneck(nn.Module):
    def __init__(self, channels, shortcut):
        super().__init__()
        self.reduce = Conv(channels, channels)
        self.expand = Conv(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x):
        y = self.expand(self.reduce(x))
        return x + y if self.shortcut else y


class C3(nn.Module):
    def __init__(self, inputs, outputs, repeats, shortcut):
        super().__init__()
        hidden = outputs // 2
        self.through = Conv(inputs, hidden)
        self.past = Conv(inputs, hidden)
        self.blocks = nn.Sequential(*(Bottleneck(hidden, shortcut) for _ in range(repeats)))
        self.join = Conv(2 * hidden, outputs)

    def forward(self, x):
        return self.join(torch.cat((self.blocks(self.through(x)), self.past(x)), 1))


class Sppf(nn.Module):
    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        self.reduce = Conv(inputs, inputs // 2)
        self.pool = nn.MaxPool2d(kernel, 1, kernel // 2)
        self.join = Conv(inputs // 2 * 4, outputs)

    def forward(self, x):
        x = self.reduce(x)
        once = self.pool(x)
        twice = self.pool(once)
        return self.join(torch.cat((x, once, twice, self.pool(twice)), 1))


class Head(nn.Module):
    def __init__(self, inputs, anchors, classes):
        super().__init__()
        self.anchors, self.channels = anchors, 5 + classes
        self.convs = nn.ModuleList(nn.Conv2d(channels, anchors * self.channels, 1) for channels in inputs)
        for conv, cells in zip(self.convs, (80, 40, 20)):
            bias = conv.bias.detach().view(anchors, -1)
            bias[:, 4] += math.log(8 / cells ** 2)
            bias[:, 5:] += math.log(0.6 / (classes - 0.99999))

    def forward(self, features):
        maps = []
        for conv, feature in zip(self.convs, features):
            x = conv(feature)
            batch, _, height, width = x.shape
            maps.append(x.view(batch, self.anchors, self.channels, height, width).permute(0, 1, 3, 4, 2).contiguous())
        return maps


class Network(nn.Module):
    """Layers of a description, each of which names those it takes its inputs from."""

    def __init__(self, description, classes):
        super().__init__()
        depth, width = description["Depth"], description["Width"]

        def scaled(channels):
            return math.ceil(channels * width / 8) * 8

        def repeated(count):
            return 1 if count == 1 else max(round(count * depth), 1)

        modules, self.sources, outputs = [], [], []
        for i, layer in enumerate(description["Layers"]):
            kind, sources = layer["Block"], [i + s if s < 0 else s for s in layer["From"]]
            inputs = [3 if s < 0 else outputs[s] for s in sources]
            if kind == "Conv":
                module, out = Conv(inputs[0], scaled(layer["Channels"]), layer["Kernel"], layer["Stride"], layer["Padding"]), scaled(layer["Channels"])
            elif kind == "C3":
                out = scaled(layer["Channels"])
                module = C3(inputs[0], out, repeated(layer["Repeats"]), layer["Shortcut"])
            elif kind == "SPPF":
                out = scaled(layer["Channels"])
                module = Sppf(inputs[0], out, layer["Kernel"])
            elif kind == "Upsample":
                module, out = nn.Upsample(scale_factor=2, mode="nearest"), inputs[0]
            elif kind == "Concat":
                module, out = None, sum(inputs)
            else:
                module, out = Head(inputs, 3, classes), 0
            modules.append(module or nn.Identity())
            self.sources.append(sources)
            outputs.append(out)
        self.layers = nn.ModuleList(modules)

    def forward(self, x):
        kept = []
        for layer, sources in zip(self.layers, self.sources):
            inputs = [x if s < 0 else kept[s] for s in sources]
            if isinstance(layer, Head):
                return layer(inputs)
            kept.append(torch.cat(inputs, 1) if len(inputs) > 1 else layer(inputs[0]))

    def fused(self):
        network = copy.deepcopy(self).eval()
        for module in network.modules():
            if isinstance(module, Conv):
                module.fuse()
        return network


def complete_iou(a, b):
    """Zheng et al. 2020, eq. 10, of boxes (n, 4): centre x, centre y, width, height."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = a.chunk(4, 1), b.chunk(4, 1)
    a_left, a_right, a_top, a_bottom = ax - aw / 2, ax + aw / 2, ay - ah / 2, ay + ah / 2
    b_left, b_right, b_top, b_bottom = bx - bw / 2, bx + bw / 2, by - bh / 2, by + bh / 2
    overlap = (torch.minimum(a_right, b_right) - torch.maximum(a_left, b_left)).clamp(0) \
        * (torch.minimum(a_bottom, b_bottom) - torch.maximum(a_top, b_top)).clamp(0)
    union = aw * ah + bw * bh - overlap + 1e-7
    iou = overlap / union
    width = torch.maximum(a_right, b_right) - torch.minimum(a_left, b_left)
    height = torch.maximum(a_bottom, b_bottom) - torch.minimum(a_top, b_top)
    diagonal = width ** 2 + height ** 2 + 1e-7
    distance = ((bx - ax) ** 2 + (by - ay) ** 2) / diagonal
    v = (4 / math.pi ** 2) * (torch.atan(bw / bh) - torch.atan(aw / ah)) ** 2
    with torch.no_grad():
        alpha = v / (v - iou + 1 + 1e-7)
    return (iou - distance - alpha * v).squeeze(1)


class Loss:
    """YOLOv5's loss: boxes by CIoU, objectness by the IoU reached, classes by cross-entropy; anchors matched by the ratio of sides."""

    def __init__(self, anchors):
        self.anchors, self.balance = anchors, (4.0, 1.0, 0.4)                  # (L, A, 2), in cells

    def assign(self, targets, anchors, height, width):
        count = targets.shape[0]
        size = torch.tensor([1, 1, width, height, width, height], dtype=torch.float32)
        rows = (targets * size).repeat(anchors.shape[0], 1, 1)                  # (A, N, 6)
        index = torch.arange(anchors.shape[0]).view(-1, 1).repeat(1, count)
        ratio = rows[..., 4:6] / anchors[:, None]
        matched = torch.max(ratio, 1 / ratio).max(2)[0] < 4
        rows, index = rows[matched], index[matched]
        centre = rows[:, 2:4]
        far = size[2:4] - centre
        left, up = ((centre % 1 < 0.5) & (centre > 1)).T
        right, down = ((far % 1 < 0.5) & (far > 1)).T
        near = torch.stack((torch.ones_like(left), left, up, right, down))
        offsets = torch.tensor([[0, 0], [0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]])
        rows, index = rows.repeat(5, 1, 1)[near], index.repeat(5, 1)[near]
        offset = (torch.zeros_like(centre)[None] + offsets[:, None])[near]
        image, label = rows[:, :2].long().T
        cell = (rows[:, 2:4] - offset).long()
        x, y = cell[:, 0].clamp(0, width - 1), cell[:, 1].clamp(0, height - 1)
        boxes = torch.cat((rows[:, 2:4] - torch.stack((x, y), 1), rows[:, 4:6]), 1)
        return image, index, y, x, boxes, label, anchors[index]

    def __call__(self, maps, targets):
        box, objectness, classes = torch.zeros(1), torch.zeros(1), torch.zeros(1)
        for i, logits in enumerate(maps):
            image, anchor, y, x, boxes, label, sizes = self.assign(targets, self.anchors[i], *logits.shape[2:4])
            wanted = torch.zeros(logits.shape[:4])
            if image.shape[0] > 0:
                centre, size, _, scores = logits[image, anchor, y, x].split((2, 2, 1, logits.shape[4] - 5), 1)
                predicted = torch.cat((centre.sigmoid() * 2 - 0.5, (size.sigmoid() * 2) ** 2 * sizes), 1)
                iou = complete_iou(predicted, boxes)
                box += (1 - iou).mean()
                wanted[image, anchor, y, x] = iou.detach().clamp(0)
                hot = torch.zeros_like(scores)
                hot[range(len(label)), label] = 1
                classes += F.binary_cross_entropy_with_logits(scores, hot)
            objectness += F.binary_cross_entropy_with_logits(logits[..., 4], wanted) * self.balance[i]
        return (0.05 * box + objectness + 0.5 * classes) * maps[0].shape[0]


class Work:
    """What can be asked for. Sizes are those of the ratios."""

    def __init__(self, description, anchors, targets, classes):
        torch.manual_seed(0)
        self.network = Network(description, classes)
        self.loss = Loss(torch.tensor(anchors))
        self.targets = torch.tensor(targets)
        self.batch = torch.rand(8, 3, 320, 320)
        self.image = torch.rand(1, 3, 640, 640)
        self.maps = [m.detach().requires_grad_() for m in self.network(self.batch)]
        self.fused = self.network.fused()
        self.fused_last = copy.deepcopy(self.fused).to(memory_format=torch.channels_last)
        self.image_last = self.image.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self.updates = 0
        decayed, norms, biases = [], [], []
        for name, parameter in self.network.named_parameters():
            (biases if name.endswith("bias") else decayed if parameter.dim() > 1 else norms).append(parameter)
        self.optimizer = torch.optim.SGD(biases, lr=1e-6, momentum=0.9, nesterov=True)
        self.optimizer.add_param_group({"params": decayed, "weight_decay": 5e-4})
        self.optimizer.add_param_group({"params": norms, "weight_decay": 0.0})

    def loss_alone(self):
        torch.autograd.grad(self.loss(self.maps, self.targets), self.maps)

    def step(self):
        self.loss(self.network(self.batch), self.targets).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), max_norm=10.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.updates += 1
        decay = 0.9999 * (1 - math.exp(-self.updates / 2000))
        state = self.network.state_dict()
        with torch.no_grad():
            for name, value in self.average.state_dict().items():
                if value.dtype.is_floating_point:
                    value *= decay
                    value += (1 - decay) * state[name].detach()

    def network_fused(self):
        with torch.inference_mode():
            self.fused(self.image)

    def network_fused_channels_last(self):
        with torch.inference_mode():
            self.fused_last(self.image_last)

    def value(self):
        """The loss of maps that both sides can make, to see that both compute the same."""
        maps = [torch.sin(torch.arange(m.numel(), dtype=torch.float32) % 1009).view(m.shape) for m in self.maps]
        return self.loss(maps, self.targets).item()


def main():
    setup = json.loads(sys.stdin.readline())
    work = Work(setup["network"], setup["anchors"], setup["targets"], setup["classes"])
    print(json.dumps({"version": torch.__version__, "value": work.value()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        torch.set_num_threads(request["threads"])
        run, times = getattr(work, request["work"]), []
        for _ in range(request["rounds"]):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1000)
        print(json.dumps({"ms": times}), flush=True)


main()
