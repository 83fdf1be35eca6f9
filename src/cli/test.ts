// voxgrad test: phase three, once; the report is written into the study's folder.
import { Option } from "commander";
import type { Command } from "commander";
import { openStudy, StudyStateError } from "../index.ts";
import { command, dataOption, limitOptions } from "./command.ts";
import type { Context } from "./command.ts";
import { limitsOf, readData } from "./data.ts";
import type { ByteFlags } from "./data.ts";
import { done } from "./output.ts";
import type { OutputOptions } from "./output.ts";
import { dataPathOf, inFolder, preprocessingIn, readConfig, requireStudy } from "./place.ts";
import { readAndReport, withoutPictures } from "./report.ts";
import { moreDataOption, readSecondSet } from "./second-set.ts";
import { resolveSettings } from "./settings.ts";
import { reportText } from "./text.ts";

interface TestFlags extends OutputOptions, ByteFlags {
  readonly data?: string;
  readonly moreData?: string;
  readonly examples?: boolean;
  readonly reopen?: string;
}

export function test(): Command {
  return command(
    "test",
    "phase 3: reads the sealed test set, once, and reports",
    [
      dataOption(),
      moreDataOption(),
      new Option(
        "--reopen <REASON>",
        "reads a test set again that was opened before; every later report begins with it",
      ),
      new Option("--no-examples", "shows no single images in the report: they are patients' pixels"),
      ...limitOptions(),
    ],
    act,
  ).argument("<DIR>", "the folder of a trained study");
}

async function act({ output }: Context, flags: TestFlags, directory: string): Promise<number> {
  await requireStudy(directory);
  return inFolder(directory, async (place) => {
    const { storage } = place;
    const path = flags.data ?? (await dataPathOf(storage));
    if (path === null) {
      throw new StudyStateError(`${directory}: expected the path of DATA in study.json, got none. Say --data PATH.`);
    }
    const kept = await readConfig(place);
    const { unreadable, positive } = resolveSettings({}, kept);
    const preprocessing = await preprocessingIn(storage);
    const reading = { ...limitsOf(flags), preprocessing, unreadable, positive };
    const data = await readData(path, reading);
    const moreData = await readSecondSet(storage, flags.moreData, reading);
    const run = openStudy({ storage, data, moreData });
    const { report, files } = await readAndReport(run, directory, flags.examples, flags.reopen ?? null);
    output.result(`${reportText(report)}\nThe report: ${files.join(", ")}`, withoutPictures(report));
    return done;
  });
}
