// voxgrad demo: the article's network on generated phantoms, through all three phases, to a report.
import type { Command } from "commander";
import { Option } from "commander";
import { network, phantoms, study, StudyStateError } from "../index.ts";
import type { Dataset } from "../index.ts";
import { writeNpz } from "../io.ts";
import { command } from "./command.ts";
import type { Context } from "./command.ts";
import { absolute } from "./data.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { done, interrupted } from "./output.ts";
import type { OutputOptions } from "./output.ts";
import { runRefining, runTraining } from "./phases.ts";
import { hasStudy, inFolder, writeConfig } from "./place.ts";
import type { Place } from "./place.ts";
import { readAndReport, withoutPictures } from "./report.ts";
import { trainSettings } from "./recipe.ts";
import { flagsOf, resolveSettings } from "./settings.ts";
import type { Settings } from "./settings.ts";
import { refinementText, reportText, trainingText } from "./text.ts";

interface DemoFlags extends OutputOptions, Readonly<Record<string, unknown>> {
  readonly out?: string;
}

/** 1,000 of them are left to train on. */
const volumes = 1430;

export function demo(): Command {
  const options = [
    new Option("--out <DIR>", "folder of the study (default: a new voxgrad-demo-N)"),
    ...flagsOf("epochs", "seed", "threads"),
  ];
  return command(
    "demo",
    "the article's network on made-up head scans, all three phases, a report to open",
    options,
    act,
  );
}

async function act(context: Context, flags: DemoFlags): Promise<number> {
  // What `voxgrad train` does the same with: the report says how.
  const settings = resolveSettings({ ...flags, hidden: "12,12", dropout: "0", refine: true });
  const directory = flags.out ?? (await newFolder());
  return inFolder(directory, async (place) => {
    if (await hasStudy(place.storage)) {
      throw new StudyStateError(`${directory}: expected a folder without a study, got one. Choose another --out.`);
    }
    const interrupt = listenForInterrupt(context.output);
    try {
      return await runPhases(context, place, settings, interrupt.signal);
    } catch (error) {
      if (!interrupt.signal.aborted) throw error;
      context.output.say(`Stopped. What was reached is in ${directory}.`);
      return interrupted;
    } finally {
      interrupt.close();
    }
  });
}

async function runPhases(
  { output, begin }: Context,
  { directory, storage }: Place,
  settings: Settings,
  signal: AbortSignal,
): Promise<number> {
  const { epochs, seed, threads } = settings;
  await writeConfig(storage, settings);
  const data = phantoms({ count: volumes, seed });
  await storage.write("phantoms.npz", await npzOf(data));
  const options = trainSettings(settings, data);
  const article = network(options.network?.layers ?? [], { input: data.shape });
  output.say(`${volumes} made-up scans of heads, 10x10x10 voxels, about half of them with a tumour.`);
  output.say(
    `The article's network has ${article.weightCount.toLocaleString("en-US")} weights and ${article.biasCount} biases:`,
  );
  output.say(`${article.summary()}\n`);

  const run = study({ data, seed, threads, storage, source: await absolute(`${directory}/phantoms.npz`) });
  const { train, validation, test } = await run.sets();
  output.say("Phase 1, training: backpropagation adjusts all weights until the training set's total error is small.");
  output.say(
    `${train} volumes to train on, ${validation} to validate, ${test} to test, sealed; no patient in two sets.`,
  );
  const trained = await runTraining(run, { ...options, signal }, epochs, begin);
  output.say(`${trainingText(trained)}\n`);

  output.say("Phase 2, refining: remedies against overfitting, compared on the validation set.");
  output.say(`${refinementText(await runRefining(run, { signal }, begin))}\n`);

  output.say("Phase 3, testing: the sealed test set is opened, once.");
  const { report, files } = await readAndReport(run, directory);
  output.say(`${reportText(report)}\n`);
  const paths = [...files, `${directory}/phantoms.npz`];
  output.result(
    `Open ${files[0]} in a browser. In ${directory}: ${paths.map((path) => path.slice(directory.length + 1)).join(", ")}, ` +
      "the model, its history and the ledger.",
    { directory, files: paths, ...withoutPictures(report) },
  );
  return done;
}

/** The first voxgrad-demo-N that is not there yet. */
async function newFolder(): Promise<string> {
  const { stat } = await import("node:fs/promises");
  for (let number = 1; ; number++) {
    const name = `voxgrad-demo-${number}`;
    if (!(await stat(name).catch(() => null))) return name;
  }
}

/** The phantoms as a file that `voxgrad train` reads; patients by number. */
function npzOf(data: Dataset): Promise<Uint8Array> {
  const voxels = data.shape.reduce((product, size) => product * size, 1);
  const images = new Uint8Array(data.length * voxels);
  const masks = new Uint8Array(data.length * data.maskLength);
  const image = new Float32Array(voxels);
  const patients = new Map<string, number>();
  const groups = Int32Array.from(data.groups ?? [], (name) => {
    patients.set(name, patients.get(name) ?? patients.size + 1);
    return patients.get(name) ?? 0;
  });
  for (let index = 0; index < data.length; index++) {
    data.read(index, image, 0);
    images.set(image, index * voxels);
    data.readMask(index, masks, index * data.maskLength);
  }
  return writeNpz({
    images: { shape: [data.length, ...data.shape], data: images },
    labels: { shape: [data.length], data: data.labels ?? new Int32Array(0) },
    masks: { shape: [data.length, ...data.shape], data: masks },
    groups: { shape: [data.length], data: groups },
  });
}
