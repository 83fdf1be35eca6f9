// What the built command says when the disk refuses a call, and when a checkpoint is damaged.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { start, voxgrad } from "../cli/run.ts";
import { scans } from "../cli/scans.ts";
import { failCalls, parts, prepare } from "./faults.ts";
import type { Failure } from "./faults.ts";

it("whichever call to the disk fails, or all from one on, training, refining, a learning curve and the test end with exit code 1 and one line, and go on to the same outcome (every 61st call; npm run torture -- faults)", async () => {
  const prepared = await prepare();
  const failures: Failure[] = [];
  for (const part of parts) {
    await failCalls(prepared, part, (number) => number % 61 === 2, (failure) => failures.push(failure)); // prettier-ignore
  }
  expect(failures.flatMap(({ finding }) => finding ?? [])).toEqual([]);
  for (const part of parts) expect(failures.filter((failure) => failure.part === part).length, part).toBeGreaterThan(1);
  await rm(prepared.folder, { recursive: true });
}, 240_000);

it("names a damaged checkpoint on standard error, also with --quiet, and goes on from the one before to the same weights", async () => {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-damaged-"));
  await writeFile(join(folder, "scans.npz"), await scans(200, 3));
  const flags = ["--epochs", "30", "--patience", "none", "--seed", "5", "--json"];
  const hash = (json: string) => (JSON.parse(json) as { weightsSha256: string }).weightsSha256;
  const whole = await voxgrad(folder, "train", "scans.npz", "--out", "w", ...flags);
  const running = start(folder, "train", "scans.npz", "--out", "d", ...flags);
  running.child.stderr!.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes("epoch 3 of")) running.child.kill("SIGINT");
  });
  await running.ended;
  const file = join(folder, "d", "checkpoint", "odd.safetensors");
  const bytes = await readFile(file);
  bytes[bytes.length - 5] ^= 1;
  await writeFile(file, bytes);
  const resumed = await voxgrad(folder, "train", "scans.npz", "--out", "d", "--resume", "--json", "--quiet");
  expect(resumed.err).toMatch(
    /^voxgrad: d\/checkpoint\/odd\.safetensors: expected the SHA-256 [0-9a-f]{64}, got another: [^\n]*\. Going on without it\.\n$/,
  );
  expect(hash(resumed.out)).toBe(hash(whole.out));
  expect(await readFile(join(folder, "d", "ledger.jsonl"), "utf8")).toMatch(
    /"event":"resumed",[^\n]*"refused":\["checkpoint\/odd/,
  );
  await rm(folder, { recursive: true });
}, 120_000);
