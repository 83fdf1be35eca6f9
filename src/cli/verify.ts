// voxgrad verify: whether a study's folder is what its ledger says; with --replay, whether its training gives the same bits.
import type { Command } from "commander";
import { Option } from "commander";
import { StorageError, StudyStateError, verifyStudy } from "../index.ts";
import type { Dataset, DatasetSplit, Verification } from "../index.ts";
import { folderStorage } from "../io.ts";
import { command, dataOption, limitOptions } from "./command.ts";
import type { Context } from "./command.ts";
import { limitsOf, readData } from "./data.ts";
import type { ByteFlags } from "./data.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { done, interrupted, refused } from "./output.ts";
import type { OutputOptions } from "./output.ts";
import { dataPathOf, inFolder, preprocessingIn, readConfig, requireStudy } from "./place.ts";
import type { Place } from "./place.ts";
import { moreDataOption, readSecondSet } from "./second-set.ts";
import { resolveSettings } from "./settings.ts";

interface VerifyFlags extends OutputOptions, ByteFlags {
  readonly data?: string;
  readonly moreData?: string;
  readonly replay?: boolean;
}

export function verify(): Command {
  return command(
    "verify",
    "checks a study's ledger and seal, and that model, history, settings, reports and DATA are what it names",
    [
      new Option("--replay", "trains again from the recorded settings, and compares the weights bit for bit"),
      dataOption(),
      moreDataOption(),
      ...limitOptions(),
    ],
    act,
  ).argument("<DIR>", "the folder of a study");
}

async function act({ output, begin }: Context, flags: VerifyFlags, directory: string): Promise<number> {
  await requireStudy(directory);
  return held(directory, async (place) => {
    const { data, moreData, missing } = await dataIn(place, flags);
    const interrupt = listenForInterrupt(output, "Stopping after this step. Press Ctrl-C again to stop at once.");
    const open: { meter?: ReturnType<typeof begin> } = {};
    try {
      const found = await verifyStudy({
        storage: place.storage,
        data,
        moreData,
        replay: flags.replay ?? false,
        signal: interrupt.signal,
        onEpoch({ epoch, totalError }, planned) {
          open.meter ??= begin("training again", planned);
          open.meter.advance(epoch, `epoch ${epoch} of ${planned}, total error ${totalError.toPrecision(4)}`);
        },
      });
      open.meter?.end();
      const unchecked = found.unchecked.map((line) => (missing !== null && /^The data:/.test(line) ? missing : line));
      const result = { ...found, unchecked };
      output.result(verificationText(directory, result, flags.replay ?? false), result);
      return found.valid ? done : refused;
    } catch (error) {
      open.meter?.end();
      if (!interrupt.signal.aborted) throw error;
      return interrupted;
    } finally {
      interrupt.close();
    }
  });
}

/** While no other command can change it; a folder that nobody can write to needs no lock. */
async function held<T>(directory: string, act: (place: Place) => Promise<T>): Promise<T> {
  let begun = false;
  try {
    return await inFolder(directory, (place) => {
      begun = true;
      return act(place);
    });
  } catch (error) {
    if (begun || !(error instanceof StorageError)) throw error;
    return act({ directory, storage: { ...folderStorage(directory), lock: undefined } });
  }
}

interface FoundData {
  readonly data: Dataset | DatasetSplit | null;
  readonly moreData: Dataset | DatasetSplit | null;
  /** Why there is none, in a sentence. */
  readonly missing: string | null;
}

/** From where it is said to be, or where study.json has it, if it is still there. */
async function dataIn(place: Place, flags: VerifyFlags): Promise<FoundData> {
  const { storage, directory } = place;
  const none = (why: string): FoundData => {
    const missing = `The data: ${why}. Say --data PATH.`;
    if (flags.replay) throw new StudyStateError(`verify --replay: expected the study's data, got none. ${missing}`);
    return { data: null, moreData: null, missing };
  };
  // A study.json that is no JSON is a problem that the check finds.
  const kept = await dataPathOf(storage).catch(() => null);
  const path = flags.data ?? kept;
  if (path === null) return none("study.json has no path of it");
  const { stat } = await import("node:fs/promises");
  if (flags.data === undefined && !(await stat(path).catch(() => null)))
    return none("it is no longer where study.json has it");
  const { unreadable, positive } = resolveSettings({}, await readConfig({ directory, storage }));
  const reading = { ...limitsOf(flags), preprocessing: await preprocessingIn(storage), unreadable, positive };
  const data = await readData(path, reading);
  return { data, moreData: await readSecondSet(storage, flags.moreData, reading), missing: null };
}

function verificationText(directory: string, { problems, unchecked }: Verification, isReplayed: boolean): string {
  const place = ({ file, line }: Verification["problems"][number]) =>
    `${file === "DATA" ? file : `${directory}/${file}`}${line === undefined ? "" : ` line ${line}`}`;
  const verdict =
    problems.length === 0
      ? `${directory} is what its ledger says.${isReplayed ? " Trained again, it has the same weights, bit for bit." : ""}`
      : `${directory} is not what its ledger says: ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}.`;
  return [
    verdict,
    ...problems.map((problem) => `  ${place(problem)}: ${problem.message}`),
    ...unchecked.map((line) => `Not checked. ${line}`),
  ].join("\n");
}
