import { expect, it } from "vitest";
import { killAndResume } from "./kills.ts";

const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 3);

it(`8 processes killed at random moments and resumed come to the weights, history, ledger, report and files of a study that was let alone (seed ${seed}; npm run torture -- kills 200)`, async () => {
  expect((await killAndResume(8, seed, () => undefined)).killed).toBeGreaterThanOrEqual(8);
}, 240_000);

it(`so do 4 that were searching for remedies or drawing a learning curve (seed ${seed}; npm run torture -- kills 200 1 refine)`, async () => {
  expect((await killAndResume(4, seed, () => undefined, "refine")).killed).toBeGreaterThanOrEqual(4);
}, 480_000);
