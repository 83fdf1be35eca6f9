// Every fast-check run prints its seed on failure; VOXGRAD_TEST_SEED replays one, otherwise the seed is fixed.
import fc from "fast-check";

const seed = Number(process.env["VOXGRAD_TEST_SEED"] ?? 20260101);
fc.configureGlobal({ seed, numRuns: Number(process.env["VOXGRAD_TEST_RUNS"] ?? 100) });
