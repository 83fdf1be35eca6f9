import { expect, it } from "vitest";
import { killAndResume } from "./kills.ts";

const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 3);

it(`8 processes killed at random moments and resumed come to the weights, history, ledger and report of a study that was let alone (seed ${seed}; npm run torture -- kills 200)`, async () => {
  expect((await killAndResume(8, seed, () => undefined)).killed).toBeGreaterThanOrEqual(8);
}, 240_000);
