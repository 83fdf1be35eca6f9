// A curve that grows on a canvas: a value an epoch for the training and the validation set, from 0 up.

/** The sets in the order of the legend: colour by style sheet, and dashes, for those who do not tell colours apart. */
const lines = [
  { name: "training", colour: "--training", dash: [] },
  { name: "validation", colour: "--validation", dash: [6, 4] },
];

/**
 * Draws the points so far; called again with more of them, or when the canvas has another size or colours.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {readonly (readonly [training: number, validation: number])[]} points one an epoch
 * @param {number} epochs how many there will be
 */
export function drawCurve(canvas, points, epochs) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const left = 44;
  const right = width - 8;
  const top = 30;
  const bottom = height - 34;
  const most = Math.max(0.1, ...points.flat());
  const step = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5].find((size) => size * 5 >= most) ?? most / 5;
  const highest = step * Math.ceil(most / step);
  const marks = Array.from({ length: Math.round(highest / step) + 1 }, (_, i) => i * step);
  const x = (epoch) => left + ((right - left) * (epoch - 1)) / Math.max(1, epochs - 1);
  const y = (value) => bottom - ((bottom - top) * value) / highest;

  pen.scale(scale, scale);
  pen.font = style.font;
  pen.fillStyle = pen.strokeStyle = style.color;
  pen.textBaseline = "middle";

  pen.textAlign = "right";
  pen.globalAlpha = 0.2;
  for (const mark of marks) line(pen, [[left, y(mark)], [right, y(mark)]]); // prettier-ignore
  pen.globalAlpha = 1;
  for (const mark of marks) pen.fillText(mark.toFixed(2), left - 6, y(mark));
  pen.textAlign = "left";
  pen.fillText("1", left, bottom + 16);
  pen.textAlign = "center";
  pen.fillText("epoch", (left + right) / 2, bottom + 16);
  pen.textAlign = "right";
  pen.fillText(String(epochs), right, bottom + 16);

  pen.textAlign = "left";
  pen.lineWidth = 2;
  lines.forEach(({ name, colour, dash }, set) => {
    pen.strokeStyle = style.getPropertyValue(colour);
    pen.setLineDash(dash);
    const at = left + 110 * set;
    line(pen, [[at, 12], [at + 24, 12]]); // prettier-ignore
    pen.fillText(name, at + 30, 12);
    line(pen, points.map((values, i) => [x(i + 1), y(values[set])])); // prettier-ignore
  });
}

function line(pen, corners) {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.stroke();
}
