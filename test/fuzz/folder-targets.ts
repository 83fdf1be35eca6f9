// Folders to be fuzzed: tables and trees in memory, whose layout is told; and folders on disk with one file changed.
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { FormatError } from "../../src/errors.ts";
import { layoutOf } from "../../src/io/folder/layout.ts";
import { isManifest, manifestLayout } from "../../src/io/folder/manifest.ts";
import { byBytes } from "../../src/io/folder/place.ts";
import type { Entry, Place } from "../../src/io/folder/place.ts";
import { readFolder } from "../../src/io/read-folder.ts";
import { dicom } from "../io/folder/slices.ts";
import { niftiBytes } from "../io/images/nifti-bytes.ts";
import type { Draws } from "./draws.ts";
import { mutated } from "./mutations.ts";
import { declaredBytes } from "./run.ts";
import type { Target } from "./run.ts";

const names = ["a", "b.png", "B.png", "b.nii.gz", "images", "masks", "Images", "train", "val", "test", "validation", "manifest.csv", "x.hdr", "x.img", "\u00e9.png", "e\u0301.png", "a\nb.png", "..png", "CON", " ", "\ud800"]; // prettier-ignore

/** A tree that stands in memory; every file is `absolute` on disk. */
function placeOf(tree: ReadonlyMap<string, boolean>, absolute: string): Place {
  const entries = (path: string): Entry[] =>
    [...tree]
      .filter(([name]) => name.slice(0, Math.max(0, name.lastIndexOf("/"))) === path)
      .map(([name, isFolder]) => ({ path: name, name: name.slice(name.lastIndexOf("/") + 1), isFolder }))
      .sort((a, b) => byBytes(a.name, b.name));
  return {
    name: "scans",
    list: (path) => Promise.resolve(entries(path)),
    locate(path) {
      const isFolder = path === "" ? true : tree.get(path);
      if (isFolder === undefined) return Promise.reject(new FormatError(`scans/${path}: expected a file, got none`));
      return Promise.resolve({ absolute, isFolder });
    },
  };
}

function treeOf(draws: Draws): Map<string, boolean> {
  const tree = new Map<string, boolean>();
  const folders = [""];
  for (let left = draws.below(14); left > 0; left--) {
    const parent = draws.pick(folders);
    const path = (parent === "" ? "" : `${parent}/`) + draws.pick(names);
    if (tree.has(path)) continue;
    const isFolder = draws.chance(0.4);
    tree.set(path, isFolder);
    if (isFolder) folders.push(path);
  }
  return tree;
}

const tables = [
  "path,label,group,set,mask\na,x,1,train,b.png\nb.png,y,2,val,a\n\u00e9.png,y,3,test,a\n",
  '\ufeffpath,label\r\n"a",1\r\n"b.png","x,\ny"\r\n',
  'path;label\na;b\n"',
  "mask,path,set\n,a,train\n",
];

export async function folderTargets(): Promise<readonly Target[]> {
  const folder = await mkdtemp(join(tmpdir(), "voxgrad-fuzz-"));
  const picture = Uint8Array.from(encode({ width: 3, height: 2, data: new Uint8Array(6), channels: 1, depth: 8 }));
  const slices = [0, 1].map((z) => Uint8Array.from(dicom(7, z)));
  const volume = niftiBytes({ dimensions: [3, 2, 2], datatype: 2, voxels: new Uint8Array(12) });
  const seeds = [picture, ...slices, volume];
  for (const name of ["a", "b/1", "b/2"]) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "a/1.png"), picture);
  const written = tables.map((table) => new TextEncoder().encode(table));
  const all = new Map([...names.map((name) => [name, false] as const)]);
  const places = [join(folder, "a/1.png"), join(folder, "b/none")];
  await writeFile(places[1], "none");
  return [
    {
      name: "manifest",
      async run(draws) {
        const text = new TextDecoder().decode(mutated(draws.pick(written), written, draws));
        isManifest(text);
        await manifestLayout(text, "scans/manifest.csv", placeOf(all, places[0]));
      },
    },
    { name: "layout", run: async (draws) => void (await layoutOf(placeOf(treeOf(draws), draws.pick(places)))) },
    {
      name: "folder",
      async run(draws) {
        const one = join(folder, "disk");
        await mkdir(join(one, "x"), { recursive: true });
        await mkdir(join(one, "y"), { recursive: true });
        await writeFile(join(one, "x/1"), draws.pick(seeds));
        await writeFile(join(one, "y/1"), mutated(draws.pick(seeds), seeds, draws));
        await readFolder(one, { maximumBytes: declaredBytes, unreadable: draws.pick(["stop", "skip"]) });
      },
    },
  ];
}
