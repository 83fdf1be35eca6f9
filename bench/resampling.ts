// How much faster a volume is composed and resampled than in SciPy, in turns of one run: `npm run bench -- resampling`.
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { deform, rotate, scale, translate } from "../src/data/augment.ts";
import type { ImageAugmentation } from "../src/data/augment.ts";
import { bindVolumes } from "./augmented.ts";

const rounds = 41;
/** Ours takes so little that a sample is of several. */
const callsOfOurs = 5;
const shape = [64, 64, 64];
const affine: readonly ImageAugmentation[] = [rotate(10), scale(0.1), translate(0.05)];
const ours = {
  "affine map": await bindVolumes(affine, shape, 1),
  "affine map and deformation": await bindVolumes([...affine, deform()], shape, 1),
};

const python = ["python3", "/usr/bin/python3"].find((path) => spawnSync(path, ["-c", "import scipy"]).status === 0);
if (python === undefined) throw new Error("resampling: expected a python3 that has scipy, got none");
const child = spawn(python, ["bench/compare/resampling.py"], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
const answer = async () => (await answers.next()).value as string;
const version = await answer();

const samples = new Map<string, number[]>();
const add = (name: string, milliseconds: number) => samples.set(name, [...(samples.get(name) ?? []), milliseconds]);
for (let round = 0; round < rounds; round++) {
  for (const [name, { run }] of Object.entries(ours)) {
    if (round === 0) for (let call = 0; call < 200; call++) run();
    const start = performance.now();
    for (let call = 0; call < callsOfOurs; call++) run();
    add(name, (performance.now() - start) / callsOfOurs);
  }
  for (const name of ["map", "field"]) {
    child.stdin.write(`${name}\n`);
    add(name, Number(await answer()));
  }
}
child.stdin.end();

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
const of = (name: string) => samples.get(name) ?? [];
console.log(`${version}, Node ${process.versions.node}, ${rounds} rounds in turns, medians, 64x64x64 float32`);
for (const name of Object.keys(ours)) console.log(`${name}, drawing included: ${median(of(name)).toFixed(2)} ms`);
console.log(`map_coordinates(order=1) alone: ${median(of("map")).toFixed(2)} ms`);
console.log(`zoom(order=3) of three fields and map_coordinates: ${median(of("field")).toFixed(1)} ms`);
for (const peer of ["map", "field"]) {
  const ratios = of(peer).map((milliseconds, round) => milliseconds / of("affine map and deformation")[round]);
  console.log(`affine map and deformation against ${peer}: ${median(ratios).toFixed(1)} times faster`);
}
