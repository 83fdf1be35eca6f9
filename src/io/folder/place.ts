// A folder of files on disk: its entries in one order everywhere, and no way out of it, by "../" or by a link.
import { FormatError } from "../../errors.ts";

export interface Entry {
  /** Below the folder, with "/" between: "cats/a.png". */
  readonly path: string;
  readonly name: string;
  readonly isFolder: boolean;
}

export interface Place {
  /** As it was given; stands in error messages. */
  readonly name: string;
  /** Entries of a folder below ("" for the folder itself) by the bytes of their names; hidden ones are left out. */
  list(path: string): Promise<readonly Entry[]>;
  /** The file's or folder's path for the system. @throws FormatError when it is not there, or lies outside. */
  locate(path: string): Promise<{ readonly absolute: string; readonly isFolder: boolean }>;
}

/** Files that systems leave in folders; none holds an image. */
const isHidden = (name: string) => name.startsWith(".") || /^(thumbs\.db|desktop\.ini|__macosx)$/i.test(name);

/** To callers a FormatError like any other. */
export class MissingFileError extends FormatError {}

/** @throws FormatError when there is no such folder; TypeError where there are no files (a browser). */
export async function openPlace(name: string): Promise<Place> {
  const files = await import("node:fs/promises").catch((cause: unknown) => {
    throw new TypeError(`${name}: expected Node, Deno or Bun to read a folder, got an engine without files`, { cause });
  });
  const paths = await import("node:path");
  const root = await files.realpath(name).catch((cause: unknown) => {
    throw new FormatError(`${name}: expected a folder to read, but ${reasonOf(cause)}`, { cause });
  });

  /** Follows links, as long as they stay inside. */
  async function locate(path: string) {
    const absolute = paths.join(root, path);
    const real = await files.realpath(absolute).catch((cause: unknown) => {
      const isMissing = (cause as { readonly code?: string }).code === "ENOENT";
      const kind = isMissing ? MissingFileError : FormatError;
      throw new kind(`${name}/${path}: expected a file to read, but ${reasonOf(cause)}`, { cause });
    });
    if (real !== root && !real.startsWith(root.endsWith(paths.sep) ? root : root + paths.sep))
      throw new FormatError(
        `${name}/${path}: expected a file inside the folder, got a link out of it, to ${real}. Copy the file into the folder.`,
      );
    const status = await files.stat(real);
    if (!status.isFile() && !status.isDirectory()) throw special(`${name}/${path}`);
    return { absolute, isFolder: status.isDirectory() };
  }

  return {
    name,
    locate,
    async list(path) {
      const { absolute } = await locate(path);
      const entries = await files.readdir(absolute, { withFileTypes: true }).catch((cause: unknown) => {
        throw new FormatError(`${name}/${path}: expected a folder to read, but ${reasonOf(cause)}`, { cause });
      });
      const seen = entries.filter((entry) => !isHidden(entry.name)).sort((a, b) => byBytes(a.name, b.name));
      return Promise.all(
        seen.map(async (entry) => {
          const inner = path === "" ? entry.name : `${path}/${entry.name}`;
          const isPlain = entry.isFile() || entry.isDirectory();
          const isFolder = isPlain ? entry.isDirectory() : (await locate(inner)).isFolder;
          return { path: inner, name: entry.name, isFolder };
        }),
      );
    },
  };
}

/** Opening a pipe waits for ever, and a device never ends. */
function special(path: string): FormatError {
  return new FormatError(`${path}: expected a file or a folder, got a device, a pipe or a socket. Take it away.`);
}

/** The order of texts by their bytes in UTF-8, the same in every locale. */
export function byBytes(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const differing = left.findIndex((code, i) => code !== right[i]);
  if (differing < 0) return left.length - right.length;
  return differing >= right.length ? 1 : left[differing] - right[differing];
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as { readonly code?: string; readonly message: string };
  return code === "ENOENT" ? "there is none" : code === "ENOTDIR" ? "it is a file" : message;
}
