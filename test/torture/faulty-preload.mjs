// Lets one call of node:fs/promises fail in the process that loads this first: node --import, with FAULT "number,folder".
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

const [number, folder] = (process.env.FAULT ?? "-1,nowhere").split(",");
const failing = Number(number);
const inside = resolve(folder);
const codes = {
  mkdir: "EACCES", open: "ENOSPC", readFile: "EIO", readdir: "EIO", rename: "EPERM", rmdir: "EBUSY", stat: "EIO", truncate: "EIO",
  unlink: "EPERM", sync: "EIO", write: "ENOSPC", close: "EDQUOT",
}; // prettier-ignore
let calls = 0;

function check(call) {
  if (calls++ !== failing) return;
  // The program that tries them all learns from this that the call was made.
  process.stderr.write(`FAULT ${call}\n`);
  throw Object.assign(new Error(`${codes[call]}: refused`), { code: codes[call] });
}

const original = { ...fs };
for (const call of ["mkdir", "open", "readFile", "readdir", "rename", "rmdir", "stat", "truncate", "unlink"]) {
  fs[call] = async (path, ...rest) => {
    if (!resolve(String(path)).startsWith(inside)) return original[call](path, ...rest);
    check(call);
    const result = await original[call](path, ...rest);
    return call === "open" ? faulty(result) : result;
  };
}
syncBuiltinESMExports();

function faulty(handle) {
  for (const call of ["sync", "close", "write"]) {
    const act = handle[call].bind(handle);
    handle[call] = async (...given) => {
      try {
        check(call);
      } catch (error) {
        // Half of it is written before the disk is full; a close that fails has closed.
        if (call === "write") await act(given[0], given[1], given[2] >> 1);
        if (call === "close") await act();
        throw error;
      }
      return act(...given);
    };
  }
  return handle;
}
