import { drawBoxes } from "./boxes.js";

export const asJson = (name, size, objects) => new Blob(
  [JSON.stringify({ name, width: size.width, height: size.height, objects }, null, 2)], { type: "application/json" });

// Class index, centre x, centre y, width, height as fractions of the picture: a line of a label file in the YOLO format.
export const asYoloLines = (size, objects) => new Blob(objects.map(({ classIndex, box }) => [
  classIndex,
  ...[
    (box.x0 + box.x1) / 2 / size.width,
    (box.y0 + box.y1) / 2 / size.height,
    (box.x1 - box.x0) / size.width,
    (box.y1 - box.y0) / size.height,
  ].map(number => number.toFixed(6)),
].join(" ") + "\n"), { type: "text/plain" });

export function asPicture(picture, size, objects) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  drawBoxes(canvas, objects, size, { pixelRatio: Math.max(1, Math.max(canvas.width, canvas.height) / 900) });
  return new Promise(resolve => canvas.toBlob(resolve, "image/png"));
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
