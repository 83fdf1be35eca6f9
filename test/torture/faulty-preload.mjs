// Lets calls of node:fs/promises fail in the process that loads this first: node --import, FAULT "kind,number,folder".
// From call `number` in the folder on: "refused": that one fails; "short": that write takes half; "full": that one and all
// after it that need space fail; "readOnly": all that change something. "count": none; the calls are listed at the end.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

const [kind, number, folder] = (process.env.FAULT ?? "count,0,nowhere").split(",");
const first = Number(number);
const inside = resolve(folder);
const codes = {
  mkdir: "EACCES", open: "ENOSPC", readFile: "EIO", readdir: "EIO", rename: "EPERM", rmdir: "EBUSY", stat: "EIO",
  truncate: "EIO", unlink: "EPERM", sync: "EIO", write: "ENOSPC", close: "EDQUOT",
}; // prettier-ignore
const needSpace = ["mkdir", "create", "write"];
const changing = [...needSpace, "rename", "rmdir", "truncate", "unlink", "sync"];
const calls = [];

/** @param call "create" is an open to write. */
function check(call) {
  const own = calls.push(call) - 1;
  const code =
    kind === "full" && needSpace.includes(call) ? "ENOSPC"
    : kind === "readOnly" && changing.includes(call) ? "EROFS"
    : codes[call === "create" ? "open" : call]; // prettier-ignore
  const isLasting = own > first && ((kind === "full" && needSpace.includes(call)) || (kind === "readOnly" && changing.includes(call))); // prettier-ignore
  if (kind === "count" || (own !== first && !isLasting)) return;
  // The program that tries them all learns from this that the call was made.
  if (own === first) process.stderr.write(`FAULT ${call}\n`);
  throw Object.assign(new Error(`${code}: refused`), { code });
}

if (kind === "count") process.on("exit", () => process.stderr.write(`CALLS ${calls.join(" ")}\n`));

const original = { ...fs };
for (const call of ["mkdir", "open", "readFile", "readdir", "rename", "rmdir", "stat", "truncate", "unlink"]) {
  fs[call] = async (path, ...rest) => {
    if (!(resolve(String(path)) + "/").startsWith(inside + "/")) return original[call](path, ...rest);
    check(call === "open" && /[wa]/.test(rest[0] ?? "r") ? "create" : call);
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
        const half = () => act(given[0], given[1], given[2] >> 1);
        if (kind === "short") return half();
        // Half of it is written before the disk is full; a close that fails has closed.
        if (call === "write") await half();
        if (call === "close") await act();
        throw error;
      }
      return act(...given);
    };
  }
  return handle;
}
