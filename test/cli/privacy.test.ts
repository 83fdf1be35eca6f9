// Nothing that a study leaves behind says whose images it learned from, who ran it, or where: sentinels that no file may hold.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { names, readSources } from "../house/sources.ts";
import { dicomBytes, imageAttributes } from "../io/images/dicom-bytes.ts";
import type { Attribute } from "../io/images/dicom-bytes.ts";
import { stream } from "../../src/random.ts";
import { startAs } from "./run.ts";

/** Where it runs: every path to it holds the sentinel. */
let folder: string;
/** Who runs it, as the environment has it. */
const env = {
  ...process.env,
  USER: "sentinel-user",
  LOGNAME: "sentinel-user",
  USERNAME: "sentinel-user",
  HOSTNAME: "sentinel-host",
  COMPUTERNAME: "sentinel-host",
};

const birthDate = "19430217";
const uids = ["1.2.840.99999.4711.1", "1.2.840.99999.4711.2", "1.2.840.99999.4711.3"] as const;

/** What PS3.15 table E.1-1 would have taken out of a file, and more. */
function identifying(patient: number): readonly Attribute[] {
  return [
    ["00080018", "UI", `${uids[0]}.${patient}`],
    ["00080020", "DA", "20210304"],
    ["00080050", "SH", "SentinelAccess"],
    ["00080080", "LO", "Sentinel Hospital"],
    ["00080081", "LO", "Sentinel Road 1"],
    ["00080090", "PN", "Sentinel^Referrer"],
    ["00081010", "SH", "SentinelStation"],
    ["00081030", "LO", "Sentinel study"],
    ["00081070", "PN", "Sentinel^Operator"],
    ["00100010", "PN", `Sentinel^Jane${patient}`],
    ["00100020", "LO", `SentinelId${patient}`],
    ["00100030", "DA", birthDate],
    ["00101000", "LO", "SentinelOtherId"],
    ["00101010", "AS", "078Y"],
    ["00104000", "LT", "Sentinel comment"],
    ["0020000d", "UI", `${uids[1]}.${patient}`],
    ["0020000e", "UI", `${uids[2]}.${patient}`],
    ["00204000", "LT", "Sentinel image comment"],
  ];
}

const side = 8;

/** A scan of noise; the class decides how bright its middle is. Two images are of one patient. */
function scan(index: number, bright: boolean): Uint8Array<ArrayBuffer> {
  const random = stream(11, "phantom", index);
  const pixels = new Uint8Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    const isMiddle = i % side > 1 && i % side < 6 && i > 15 && i < 48;
    pixels[2 * i] = Math.min(255, Math.floor(120 * random.uniform(i)) + (isMiddle && bright ? 90 : 0));
  }
  const more = identifying(index >> 1);
  return dicomBytes({ attributes: imageAttributes({ width: side, height: side, more }, ["7fe00010", "OW", pixels]) });
}

async function scans(name: string, count: number, first: number): Promise<void> {
  for (const label of ["healthy", "tumour"]) await mkdir(join(folder, name, label), { recursive: true });
  for (let index = 0; index < count; index++) {
    const bright = index % 4 > 1;
    const path = join(folder, name, bright ? "tumour" : "healthy", `SentinelFile${first + index}.dcm`);
    await writeFile(path, scan(first + index, bright));
  }
}

async function run(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await startAs({ env }, folder, ...args).ended;
  expect([code, code === 0 ? "" : err], args.join(" ")).toEqual([0, ""]);
  return out;
}

/** Every file below a folder, by its path there, as one character a byte. */
async function filesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(paths.map((path) => readFile(path, "latin1")));
  return new Map(paths.map((path, i) => [path.slice(directory.length + 1), contents[i]]));
}

/** As text, as base64 at each of its three places, as UTF-16. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Of fewer bytes, base64 of anything may hold it by chance.
  const places = bytes.length < 8 ? [] : [0, 1, 2];
  const packed = places.map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return whole.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3) - 1);
  });
  return [secret.toLowerCase(), Buffer.from(secret, "utf16le").toString("latin1").toLowerCase(), ...packed];
}

const secrets = ["sentinel", "Sentinel", birthDate, "20210304", "078Y", ...uids, tmpdir(), process.cwd()];

function found(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([name, content]) =>
    secrets.flatMap((secret) => {
      const [text, wide, ...packed] = formsOf(secret);
      const lower = content.toLowerCase();
      const isThere = lower.includes(text) || lower.includes(wide) || packed.some((form) => content.includes(form));
      return isThere || name.toLowerCase().includes(text) ? [`${name}: ${secret}`] : [];
    }),
  );
}

/** The same files, DATA's path (and DATA2's) taken out of study.json, the one place where it may stand. */
function withoutDataPath(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const record = JSON.parse(files.get("study.json")!) as Record<string, unknown>;
  expect(record["data"]).toBe(join(folder, "scans"));
  const { data: _, moreData: __, ...rest } = record;
  return new Map([...files, ["study.json", JSON.stringify(rest)]]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "Sentinel-"));
  await scans("scans", 96, 0);
  await scans("more", 16, 200);
  await writeFile(join(folder, "scans", "tumour", "SentinelFileBroken.dcm"), scan(300, true).subarray(0, 700));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

describe("a study of DICOM files", () => {
  const how = ["--epochs", "2", "--hidden", "6,5", "--dropout", "0.2", "--quiet", "--unreadable", "skip"];

  it("leaves no patient, file, path, user or machine in any file of its folder: settings, ledger, model, history, pages", async () => {
    await run("train", "scans", "--out", "first", ...how);
    const more = ["--more-data", "more", "--from", join(folder, "first")];
    await run(
      "train",
      "scans",
      "--out",
      "second",
      ...how,
      ...more,
      "--refine",
      "--refine-trials",
      "1",
      "--learning-curve",
    );
    await run("test", "second", "--quiet");
    const files = await filesOf(join(folder, "second"));
    const wanted = [
      "config.json",
      "from.safetensors",
      "history.csv",
      "history.json",
      "ledger.jsonl",
      "model.safetensors",
    ];
    expect([...files.keys()]).toEqual(expect.arrayContaining([...wanted, "report.html", "report.json", "report.md"]));
    expect(JSON.parse(files.get("config.json")!)).toMatchObject({ from: true, moreData: true });
    expect(files.get("report.json")).toContain("1 file could not be read");
    expect(found(withoutDataPath(files))).toEqual([]);
  }, 120_000);

  it("leaves none in its checkpoints either", async () => {
    await run("train", "scans", "--out", "third", ...how, "--checkpoint-every", "0");
    const files = await filesOf(join(folder, "third"));
    expect([...files.keys()].filter((name) => name.startsWith("checkpoint"))).not.toEqual([]);
    expect(found(withoutDataPath(files))).toEqual([]);
  }, 60_000);

  it("predictions of images name the files they are of, as nothing else would tell them apart, and no more of them", async () => {
    await run("predict", "first/model.safetensors", "more", "--out", "p.csv");
    const table = (await readFile(join(folder, "p.csv"), "utf8")).trimEnd().split("\n").slice(1);
    expect(table).toHaveLength(16);
    for (const line of table) expect(line).toMatch(/^(healthy|tumour)\/SentinelFile\d+\.dcm,/);
    const rest = table.map((line) => line.split(",").slice(1).join(",")).join("\n");
    expect(found(new Map([["p.csv", rest]]))).toEqual([]);
    await run("predict", "first/model.safetensors", "more", "--out", "p.npz");
    expect(found(new Map([["p.npz", await readFile(join(folder, "p.npz"), "latin1")]]))).toEqual([]);
  }, 60_000);

  it("the settings of a study that began from a model are used again with the model named, and refused without", async () => {
    const args = ["train", "scans", "--config", "second/config.json", "--more-data", "more", "--quiet", "--json"];
    const bare = await startAs({ env }, folder, ...args, "--out", "fourth").ended;
    expect(bare).toMatchObject({ code: 2, out: "" });
    expect(bare.err).toMatch(/^voxgrad: --from: expected the path of the model that these settings begin with/);
    const again = await run(...args, "--out", "fourth", "--from", "second/from.safetensors");
    const { weightsSha256 } = JSON.parse(again) as { weightsSha256: string };
    expect(await readFile(join(folder, "second", "ledger.jsonl"), "utf8")).toContain(weightsSha256);
  }, 120_000);

  it("the search finds what is there: as text, wide text, or base64 anywhere", () => {
    for (const content of [
      "a Sentinel b",
      Buffer.from("xx Sentinel", "utf16le").toString("latin1"),
      Buffer.from("x the Sentinel of").toString("base64"),
      Buffer.from("xy the Sentinel of").toString("base64"),
      Buffer.from("xyz the Sentinel of").toString("base64"),
    ])
      expect(found(new Map([["file", content]])), content).not.toEqual([]);
    expect(found(new Map([["a-Sentinel", ""]]))).not.toEqual([]);
  });
});

describe("the source", () => {
  it("asks for no name of a user or a machine, and for no variable of the environment that holds one", () => {
    const asked = ["userInfo", "hostname", "homedir"];
    const askers = readSources("src").filter((source) => asked.some((name) => names(source, name)));
    expect(askers.map(({ path }) => path)).toEqual([]);
    const variables = readSources("src").filter(({ text }) => /env\b.{0,4}(USER|LOGNAME|HOME|HOSTNAME)/.test(text));
    expect(variables.map(({ path }) => path)).toEqual([]);
  });
});
