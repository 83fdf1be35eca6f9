// Asks a worker to train, draws what it says, and offers the report of the test.
import { adam, dense, dropout, network, relu } from "voxgrad";
import { connectWorker } from "voxgrad/worker";
import { drawCurve } from "./curve.js";

const epochs = 30;
const [train, pause, stop, progress, canvas, status, link] = [
  "train",
  "pause",
  "stop",
  "progress",
  "curve",
  "status",
  "report",
].map((id) => document.getElementById(id));

/** The training set's loss and the validation set's, epoch by epoch. */
let points = [];
const redraw = () => drawCurve(canvas, points, epochs);
addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
redraw();

async function run(remote) {
  points = [];
  link.hidden = true;
  // The worker makes the data; arrays, or a File that the visitor chose, would be sent to it.
  const once = await remote.study({ data: { phantoms: { count: 400, seed: 7 } }, seed: 7, threads: "auto" });
  const { train: images } = await once.sets();
  progress.max = images * epochs;

  const leaving = new AbortController();
  stop.onclick = () => leaving.abort(new Error("stopped"));
  pause.onclick = async () => {
    const isPausing = pause.textContent === "Pause";
    await (isPausing ? once.pause() : once.resume());
    pause.textContent = isPausing ? "Go on" : "Pause";
  };

  const training = once.train({
    network: network([dense(64), relu(), dropout(0.3), dense(2)]),
    optimizer: adam({ learningRate: 1e-3 }),
    epochs,
    signal: leaving.signal,
    onStep: (seen) => (progress.value = images * points.length + seen), // at most every 50 milliseconds
  });
  for await (const { epoch, loss, validation, diagnosis } of training) {
    points.push([loss, validation.loss]);
    status.textContent = `Epoch ${epoch} of ${epochs}: ${diagnosis}.`;
    redraw();
  }

  progress.value = progress.max; // fewer epochs, where patience ended it

  const report = await once.test({ pages: { "report.html": "html" } });
  const page = await once.read("report.html");
  link.href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
  link.hidden = false;
  const { value } = report.metrics.accuracy;
  status.textContent =
    `Trained for ${points.length} epochs and tested: accuracy ${value?.toFixed(3)}. ` +
    `SHA-256 of the weights: ${report.weightsSha256}`;
}

train.onclick = async () => {
  train.disabled = true;
  status.textContent = "The worker begins.";
  pause.disabled = stop.disabled = false;
  const remote = await connectWorker();
  try {
    await run(remote);
  } catch (error) {
    status.textContent = `Ended after ${points.length} epochs: ${error.message}.`;
  } finally {
    remote.end();
    train.disabled = false;
    pause.disabled = stop.disabled = true;
    pause.textContent = "Pause";
  }
};
