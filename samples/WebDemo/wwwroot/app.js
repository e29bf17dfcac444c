import { ApiError, detect, getModel, useKey } from "./api.js";
import { boxAt, drawBoxes } from "./boxes.js";
import { openCamera, Rate } from "./camera.js";
import { asJson, asPicture, asYoloLines, save } from "./downloads.js";
import { colourOf } from "./palette.js";

const element = id => document.getElementById(id);
const [stage, picture, overlay, tip] = ["stage", "picture", "boxes", "tip"].map(element);
const accepted = ["image/jpeg", "image/png", "image/bmp", "image/gif", "image/webp"];

let model = null;
let shown = { name: "picture", size: null, objects: [] };                                // what the server said of the picture on the page
let chosen = null;
let hiddenClasses = new Set();
let question = null;                                                                     // aborts the request under way
let camera = null;

const threshold = () => Number(element("threshold").value);
const lowestScore = Number(element("threshold").min);
const visible = () => shown.objects.filter(item => item.score >= threshold() && !hiddenClasses.has(item.classIndex));

// --- asking ---------------------------------------------------------------------------------------------------------------------------------

async function start() {
  try {
    model = await getModel();
    const classes = `${model.classes.length} ${model.classes.length === 1 ? "class" : "classes"}`;
    element("model").textContent = `${model.file}: ${model.architecture}, ${classes}, ${model.imageSize} pixels`;
    element("threshold").value = model.scoreThreshold;
    showThreshold();
    render();
  } catch (failure) {
    await explain(failure, start);
  }
}

async function look(file) {
  stopCamera();
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    say("", `'${file.name || "This"}' is not a picture that the browser can show.`);
    return;
  }
  show(bitmap, { name: file.name || "picture", size: { width: bitmap.width, height: bitmap.height }, objects: [] });
  await ask(await sendable(file, bitmap), bitmap);
}

// What the server does not read, or is too large for it, is sent as a JPEG that fits. Boxes are scaled back to the picture.
async function sendable(file, bitmap) {
  const pixels = bitmap.width * bitmap.height;
  const fits = accepted.includes(file.type) && (!model || (file.size <= model.maxBodyBytes && pixels <= model.maxPixels));
  if (fits)
    return file;
  const scale = Math.min(1, 4096 / Math.max(bitmap.width, bitmap.height), model ? Math.sqrt(model.maxPixels / pixels) : 1);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.floor(bitmap.width * scale)), Math.max(1, Math.floor(bitmap.height * scale))];
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise(resolve => canvas.toBlob(resolve, "image/jpeg", 0.92));
}

async function ask(image, bitmap) {
  question?.abort();
  question = new AbortController();
  const { signal } = question;
  stage.classList.add("busy");
  say("Looking …");
  const began = performance.now();
  try {
    const answer = await detect(image, lowestScore, signal);
    shown.objects = scaled(answer, bitmap);
    hiddenClasses = new Set();
    render();
    say(`${summary()} in ${Math.round(performance.now() - began)} ms.`);
  } catch (failure) {
    if (failure.name !== "AbortError")
      await explain(failure, () => ask(image, bitmap));
  } finally {
    if (question?.signal === signal)
      stage.classList.remove("busy");
  }
}

function scaled(answer, size) {
  const [x, y] = [size.width / answer.width, size.height / answer.height];
  return answer.objects.map(item => ({ ...item, box: { x0: item.box.x0 * x, y0: item.box.y0 * y, x1: item.box.x1 * x, y1: item.box.y1 * y } }));
}

async function explain(failure, again) {
  if (failure instanceof ApiError && failure.status === 401) {
    if (await askForKey())
      return again();
  }
  say("", failure.message);
}

function askForKey() {
  const dialog = element("key-dialog");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener("close", () => {
    const key = element("key").value.trim();
    if (dialog.returnValue === "use" && key)
      useKey(key);
    resolve(dialog.returnValue === "use" && key !== "");
  }, { once: true }));
}

// --- showing --------------------------------------------------------------------------------------------------------------------------------

function show(image, what) {
  [picture.width, picture.height] = [image.width, image.height];
  picture.getContext("2d").drawImage(image, 0, 0);
  picture.classList.toggle("small", image.width < 480 && image.height <= image.width);
  shown = what;
  chosen = null;
  stage.classList.remove("empty");
  element("invitation").hidden = true;
  picture.hidden = overlay.hidden = false;
  render();
}

function render() {
  const objects = visible();
  if (chosen && !objects.includes(chosen))
    chosen = null;
  renderClasses();
  renderRows(objects);
  renderOverlay(objects);
  const isEmpty = shown.size === null;
  for (const id of ["save-json", "save-yolo", "save-picture"])
    element(id).disabled = isEmpty;
  picture.setAttribute("aria-label", isEmpty ? "No picture yet" : `${shown.name}: ${summary()}`);
}

function summary() {
  const objects = visible();
  if (objects.length === 0)
    return "No objects";
  const counts = new Map();
  for (const { label } of objects)
    counts.set(label, (counts.get(label) ?? 0) + 1);
  return `${objects.length} ${objects.length === 1 ? "object" : "objects"} (${[...counts].map(([label, count]) => `${count} ${label}`).join(", ")})`;
}

function renderOverlay(objects = visible()) {
  if (shown.size === null)
    return;
  const ratio = devicePixelRatio || 1;
  const place = overlay.getBoundingClientRect();
  [overlay.width, overlay.height] = [Math.round(place.width * ratio), Math.round(place.height * ratio)];
  drawBoxes(overlay, objects, shown.size, { chosen, pixelRatio: ratio, labels: objects.length <= 60 });
}

function renderClasses() {
  const counts = new Map();
  for (const item of shown.objects.filter(item => item.score >= threshold()))
    counts.set(item.classIndex, { label: item.label, count: (counts.get(item.classIndex)?.count ?? 0) + 1 });
  for (const classIndex of hiddenClasses) {
    if (!counts.has(classIndex))
      counts.set(classIndex, { label: shown.objects.find(item => item.classIndex === classIndex)?.label ?? String(classIndex), count: 0 });
  }
  element("classes").hidden = counts.size === 0;
  const focused = document.activeElement?.dataset?.classIndex;
  element("class-list").replaceChildren(...[...counts].sort(([a], [b]) => a - b).map(([classIndex, { label, count }]) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !hiddenClasses.has(classIndex);
    box.dataset.classIndex = classIndex;
    box.addEventListener("change", () => {
      hiddenClasses[box.checked ? "delete" : "add"](classIndex);
      render();
      say(summary() + ".");
    });
    const chip = document.createElement("label");
    chip.append(box, swatch(classIndex), `${label} (${count})`);
    return chip;
  }));
  if (focused !== undefined)
    element("class-list").querySelector(`[data-class-index="${focused}"]`)?.focus();
}

function renderRows(objects) {
  element("table").hidden = objects.length === 0;
  element("nothing").hidden = objects.length > 0;
  element("nothing").textContent = shown.size === null ? "What is found in a picture is listed here." : "Nothing that is as sure as the score asked for.";
  element("rows").replaceChildren(...objects.map(item => {
    const row = document.createElement("tr");
    const button = document.createElement("button");
    button.type = "button";
    button.append(swatch(item.classIndex), item.label);
    button.addEventListener("focus", () => choose(item));
    button.addEventListener("click", () => choose(item));
    row.addEventListener("pointerenter", () => choose(item));
    row.insertCell().append(button);
    row.insertCell().textContent = item.score.toFixed(2);
    for (const edge of ["x0", "y0", "x1", "y1"])
      row.insertCell().textContent = item.box[edge].toFixed(0);
    row.objectShown = item;
    return row;
  }));
  markRow();
}

function swatch(classIndex) {
  const square = document.createElement("span");
  square.className = "swatch";
  square.style.backgroundColor = colourOf(classIndex);
  square.setAttribute("aria-hidden", "true");
  return square;
}

function choose(item, at = null) {
  if (chosen !== item) {
    chosen = item;
    markRow();
    renderOverlay();
  }
  tip.hidden = item === null || at === null;
  if (tip.hidden)
    return;
  tip.textContent = `${item.label} ${item.score.toFixed(3)}`;
  tip.style.left = `${Math.max(0, Math.min(at.x + 12, stage.clientWidth - tip.offsetWidth))}px`;
  tip.style.top = `${Math.max(0, Math.min(at.y + 12, stage.clientHeight - tip.offsetHeight))}px`;
}

function markRow() {
  for (const row of element("rows").rows)
    row.classList.toggle("chosen", row.objectShown === chosen);
}

function point(event) {
  const place = overlay.getBoundingClientRect();
  const at = { x: event.clientX - place.left, y: event.clientY - place.top };
  choose(boxAt(visible(), at.x * shown.size.width / place.width, at.y * shown.size.height / place.height), at);
}

function say(status, problem = "") {
  element("status").textContent = status;
  element("problem").textContent = problem;
  element("problem").hidden = problem === "";
}

function showThreshold() {
  element("threshold-value").textContent = threshold().toFixed(2);
}

// --- the camera -----------------------------------------------------------------------------------------------------------------------------

async function startCamera() {
  try {
    camera = await openCamera();
  } catch (failure) {
    say("", failure.name === "NotAllowedError" ? "The camera was not allowed." : failure.name === "NotFoundError" ? "There is no camera." : failure.message);
    return;
  }
  question?.abort();
  element("camera").textContent = "Stop the camera";
  element("camera").setAttribute("aria-pressed", "true");
  say("The camera is on.");
  const [mine, rate] = [camera, new Rate()];
  while (camera === mine) {
    try {
      const { canvas, blob } = await mine.frame(model?.imageSize ? Math.max(model.imageSize, 320) : 640);
      const answer = await detect(blob, lowestScore);
      if (camera !== mine)
        break;
      show(canvas, { name: "camera", size: { width: canvas.width, height: canvas.height }, objects: scaled(answer, canvas) });
      element("rate").hidden = false;
      element("rate").textContent = `${rate.tick().toFixed(1)} pictures per second`;
    } catch (failure) {
      if (failure.status === 503 || failure.status === 429) {
        await new Promise(resolve => setTimeout(resolve, 1000 * (failure.retryAfter || 1)));
        continue;
      }
      stopCamera();
      await explain(failure, startCamera);
    }
  }
}

function stopCamera() {
  camera?.close();
  camera = null;
  element("camera").textContent = "Use the camera";
  element("camera").setAttribute("aria-pressed", "false");
  element("rate").hidden = true;
}

// --- what people do -------------------------------------------------------------------------------------------------------------------------

const firstPicture = files => [...files ?? []].find(file => file.type.startsWith("image/"));

function take(files) {
  const file = firstPicture(files);
  if (file)
    look(file);
  else if (files?.length)
    say("", "That is not a picture.");
}

element("choose").addEventListener("click", () => element("file").click());
element("file").addEventListener("change", event => {
  take(event.target.files);
  event.target.value = "";
});
element("camera").addEventListener("click", () => camera ? stopCamera() : startCamera());
document.addEventListener("visibilitychange", () => document.hidden && stopCamera());
addEventListener("paste", event => take(event.clipboardData?.files));
addEventListener("dragover", event => {
  event.preventDefault();
  stage.classList.add("over");
});
addEventListener("dragleave", event => event.relatedTarget ?? stage.classList.remove("over"));
addEventListener("drop", event => {
  event.preventDefault();
  stage.classList.remove("over");
  take(event.dataTransfer?.files);
});

element("threshold").addEventListener("input", () => {
  showThreshold();
  render();
});
element("threshold").addEventListener("change", () => shown.size && say(summary() + "."));
overlay.addEventListener("pointermove", point);
overlay.addEventListener("pointerdown", point);
overlay.addEventListener("pointerleave", event => event.pointerType === "mouse" && choose(null));
element("rows").addEventListener("pointerleave", () => choose(null));
new ResizeObserver(() => renderOverlay()).observe(stage);

element("save-json").addEventListener("click", () => save(asJson(shown.name, shown.size, visible()), `${stem()}.json`));
element("save-yolo").addEventListener("click", () => save(asYoloLines(shown.size, visible()), `${stem()}.txt`));
element("save-picture").addEventListener("click", async () => save(await asPicture(picture, shown.size, visible()), `${stem()}-boxes.png`));
const stem = () => shown.name.replace(/\.[^.]*$/, "");

element("key-use").addEventListener("click", () => element("key-dialog").close("use"));
element("key").addEventListener("keydown", event => event.key === "Enter" && element("key-dialog").close("use"));
element("key-cancel").addEventListener("click", () => element("key-dialog").close(""));

showThreshold();
start();
