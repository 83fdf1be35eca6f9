// Reads files as a page has them: buffers, Blobs, Files and addresses. Called by reading.test.ts.
/* global location */
import { valuesOf } from "/build/index.js";
import { readFolder, readImage, readNpz } from "/build/io.js";

async function readAll(names) {
  const answers = [];
  const say = (name, source, image) =>
    answers.push({
      name,
      source,
      shape: image.shape,
      sum: valuesOf(image).reduce((total, value) => total + value, 0),
    });
  for (const name of names) {
    const buffer = await (await fetch(`/${name}`)).arrayBuffer();
    say(name, "buffer", await readImage(buffer));
    say(name, "blob", await readImage(new Blob([buffer])));
    say(name, "file", await readImage(new File([buffer], name)));
    say(name, "url", await readImage(new URL(`/${name}`, location.href)));
    say(name, "object-url", await readImage(URL.createObjectURL(new Blob([buffer]))));
  }
  const set = await readNpz(new File([await (await fetch("/set.npz")).arrayBuffer()], "set.npz"));
  answers.push({ name: "set.npz", source: "file", shape: [set.length, ...set.shape], sum: 0 });
  for (const refused of [() => readImage("scan.png"), () => readFolder("scans")]) {
    const source = await refused().then(
      () => "read",
      (error) => `${error.name}: ${error.message}`,
    );
    answers.push({ name: "path", source, shape: [], sum: 0 });
  }
  return answers;
}

globalThis.page = { readAll };
