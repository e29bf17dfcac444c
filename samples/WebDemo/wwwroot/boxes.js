import { colourOf, inkOn } from "./palette.js";

// Draws boxes on a canvas of any size over a picture; sizes of lines and letters are given for the screen.
export function drawBoxes(canvas, objects, size, { chosen = null, pixelRatio = 1, labels = true } = {}) {
  const context = canvas.getContext("2d");
  const scaleX = canvas.width / size.width;
  const scaleY = canvas.height / size.height;
  const stroke = 2.5 * pixelRatio;
  const letters = 13 * pixelRatio;
  context.font = `600 ${letters}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  for (const item of [...objects].reverse()) {
    const colour = colourOf(item.classIndex);
    const [x0, y0, x1, y1] = [item.box.x0 * scaleX, item.box.y0 * scaleY, item.box.x1 * scaleX, item.box.y1 * scaleY];
    context.globalAlpha = chosen && chosen !== item ? 0.35 : 1;
    context.lineWidth = chosen === item ? 2 * stroke : stroke;
    context.strokeStyle = colour;
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
    if (labels)
      drawLabel(context, `${item.label} ${item.score.toFixed(2)}`, x0, y0, colour, letters, canvas);
  }
  context.globalAlpha = 1;
}

function drawLabel(context, text, x0, y0, colour, letters, canvas) {
  const width = context.measureText(text).width + letters * 0.8;
  const height = letters * 1.5;
  const left = Math.max(0, Math.min(x0, canvas.width - width));
  const top = y0 >= height ? y0 - height : Math.min(y0, canvas.height - height);
  context.fillStyle = colour;
  context.fillRect(left, top, width, height);
  context.fillStyle = inkOn(colour);
  context.fillText(text, left + letters * 0.4, top + height / 2);
}

// The smallest box under a point, in pixels of the picture.
export function boxAt(objects, x, y) {
  const area = ({ box }) => (box.x1 - box.x0) * (box.y1 - box.y0);
  const under = objects.filter(({ box }) => x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1);
  return under.reduce((best, item) => best === null || area(item) < area(best) ? item : best, null);
}
