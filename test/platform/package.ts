// The package as it is packed, installed in an empty folder.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Whether there is something to pack. */
export const isBuilt = existsSync("build/index.js") && existsSync("build/types/index.d.ts");

export interface Installed {
  /** Where "voxgrad" resolves, with the scripts and the page of test/platform in it. */
  readonly folder: string;
  readonly tarball: string;
  remove(): Promise<void>;
}

/** Runs a program to its end. @throws Error with what it said where it fails. */
export function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${String(status)}\n${stdout}${stderr}`, { cause: error }); // prettier-ignore
  return stdout;
}

/** Packs what is built, and installs it. It has no dependency, so that no registry is asked. */
export async function install(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-package-"));
  await writeFile(join(folder, "package.json"), `{ "name": "app", "private": true, "type": "module" }\n`);
  const packed = run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], resolve("."));
  const tarball = join(folder, packed.trim().split("\n").at(-1) ?? "");
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", tarball], folder);
  for (const file of ["bits.mjs", "app/index.html", "app/page.js", "app/worker.js"]) {
    await copyFile(join("test/platform", file), join(folder, file.replace("app/", "")));
  }
  return { folder, tarball, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Where a program is: named by a variable, else on the path where it has a name there; null where it is not. */
export function programOf(variable: string, name: string | null): string | null {
  const given = process.env[variable] ?? name;
  return given && spawnSync(given, ["--version"]).status === 0 ? given : null;
}
