import { expect, it } from "vitest";
import { killOpenings } from "./opening.ts";

const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 5);

it(`4 tests killed at random moments leave no opening uncounted, and are finished to the same report (seed ${seed}; npm run torture -- opening 100)`, async () => {
  const { killed, sealed, unfinished, ended } = await killOpenings(4, seed, () => undefined);
  expect(killed).toBe(4);
  expect(sealed + unfinished + ended).toBe(4);
}, 240_000);
