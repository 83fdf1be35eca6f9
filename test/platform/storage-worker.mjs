// Storage in the browser's own files, tried by calls that are drawn, beside one in memory; and what it refuses.
/* global postMessage */
import { memoryStorage } from "/build/index.js";
import { opfsStorage } from "/build/io.js";

const names = ["a.bin", "log", "folder/a", "folder/c"];

async function agree(seed) {
  let state = seed;
  const draw = (below) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % below;
  const storages = [memoryStorage(), opfsStorage(`agree-${seed}`)];
  for (let i = 0; i < 12; i++) {
    const name = names[(draw(1 << 16) >> 4) % names.length];
    const bytes = Uint8Array.from({ length: (draw(1 << 16) >> 4) % 9 }, (_, k) => k + i);
    const kind = ["write", "append", "remove"][(draw(1 << 16) >> 4) % 3];
    await Promise.all(
      storages.map((storage) => (kind === "remove" ? storage.remove(name) : storage[kind](name, bytes))),
    );
  }
  const contents = async (storage) =>
    Promise.all((await storage.list()).map(async (name) => [name, [...(await storage.read(name))]]));
  return JSON.stringify(await Promise.all(storages.map(contents)));
}

async function tried() {
  const agreements = [];
  for (let seed = 1; seed <= 20; seed++) agreements.push(await agree(seed));
  const storage = opfsStorage("studies/order");
  await Promise.all([1, 2, 3, 4, 5].map((value) => storage.append("log", Uint8Array.of(value, 0))));
  const changing = Uint8Array.of(1, 2);
  const writing = storage.write("a", changing);
  changing.fill(9);
  await writing;
  const refusal = (act) =>
    new Promise((resolve) => resolve(act())).then(
      () => "nothing",
      ({ name, message }) => `${name}: ${message}`,
    );
  const unlock = await storage.lock();
  const locked = await refusal(() => opfsStorage("studies/order").lock());
  await unlock();
  const unlocked = await refusal(() => storage.lock().then((release) => release()));
  await storage.write("place", Uint8Array.of(1));
  return {
    agreements,
    missing: await opfsStorage("never").read("a"),
    empty: await opfsStorage("never").list(),
    log: [...(await storage.read("log"))],
    kept: [...(await storage.read("a"))],
    large: (await storage.write("large", new Uint8Array(20_000_000).fill(7)), (await storage.read("large")).length),
    locked,
    unlocked,
    climbs: await refusal(() => storage.read("../a")),
    named: await refusal(() => opfsStorage("a/b/c")),
    stands: await refusal(() => storage.write("place/a", Uint8Array.of(1))),
  };
}

tried().then(
  (value) => postMessage(value),
  (error) => postMessage({ error: `${error.stack}` }),
);
