// Trains when it is asked to, draws each epoch, and shows what the test set says.
// On a site of your own, build/ is the folder of the package of that name, copied beside the page.
import { adam, dense, dropout, network, phantoms, relu, study } from "../../build/index.js";
import { drawCurve } from "./curve.js";

const epochs = 20;
const [train, stop, canvas, status, figures] = ["train", "stop", "curve", "status", "figures"].map((id) =>
  document.getElementById(id),
);

/** The training set's loss and the validation set's, epoch by epoch. */
let points = [];
const redraw = () => drawCurve(canvas, points, epochs);
addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
redraw();

async function run() {
  points = [];
  figures.hidden = true;
  const once = study({ data: phantoms({ count: 200, seed: 7 }), seed: 7 });
  const training = once.train({
    network: network([dense(64), relu(), dropout(0.3), dense(2)]),
    optimizer: adam({ learningRate: 1e-3 }),
    epochs,
  });
  let isStopped = false;
  stop.onclick = () => (isStopped = true);
  for await (const { epoch, loss, validation, diagnosis } of training) {
    points.push([loss, validation.loss]);
    status.textContent = `Epoch ${epoch} of ${epochs}: ${diagnosis}.`;
    // Training waits for the loop: here, for the page to show what was drawn. Hidden pages have no frames.
    await new Promise((shown) => (document.hidden ? setTimeout(shown) : requestAnimationFrame(shown)));
    redraw();
    if (isStopped) break; // the best weights so far are kept
  }

  const { metrics, weightsSha256 } = await once.test();
  const body = figures.tBodies[0];
  body.replaceChildren();
  for (const [name, { value, interval }] of [
    ["accuracy", metrics.accuracy],
    ["recall", metrics.recall],
    ["ROC AUC", metrics.rocAuc],
  ]) {
    const row = body.insertRow();
    const digits = (number) => number.toFixed(3);
    for (const text of [name, value === null ? "undefined" : digits(value), interval?.map(digits).join(" to ") ?? ""])
      row.insertCell().textContent = text;
  }
  figures.hidden = false;
  status.textContent = `Trained for ${points.length} epochs and tested. SHA-256 of the weights: ${weightsSha256}`;
}

train.onclick = async () => {
  train.disabled = true;
  status.textContent = "Training begins.";
  stop.disabled = false;
  try {
    await run();
  } catch (error) {
    status.textContent = String(error);
  } finally {
    train.disabled = false;
    stop.disabled = true;
  }
};
