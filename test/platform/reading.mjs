// Runs in Deno and Bun: reads files from disk by path, by file URL and from memory with the bundle, and prints what it read.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [build, folder] = process.argv.slice(2);
const { readFolder, readImage, readNpz, readSeries } = await import(new URL("io.js", build).href);
const { valuesOf } = await import(new URL("index.js", build).href);
const { images, npz, classes } = JSON.parse(await readFile(`${folder}/files.json`, "utf8"));
const answers = [];
const say = (name, source, image) =>
  answers.push({ name, source, shape: image.shape, sum: valuesOf(image).reduce((total, value) => total + value, 0) });
for (const name of images) {
  const path = `${folder}/${name}`;
  const bytes = new Uint8Array(await readFile(path));
  say(name, "path", await readImage(path));
  say(name, "url", await readImage(pathToFileURL(path)));
  say(name, "bytes", await readImage(bytes));
  say(name, "blob", await readImage(new Blob([bytes])));
}
const deflated = await readSeries([`${folder}/deflated.dcm`]);
say("deflated.dcm", "series", deflated[0]);
const set = await readNpz(`${folder}/${npz}`);
const pictures = await readFolder(`${folder}/${classes}`);
console.log(JSON.stringify({ answers, npz: { length: set.length, shape: set.shape }, folder: { length: pictures.length, classes: pictures.classes } })); // prettier-ignore
