// A source's bytes as a whole, from a file, a Blob, memory or the network, with a limit.
import { FormatError } from "../errors.ts";
import { isPath, openSource } from "./source.ts";
import type { Source } from "./source.ts";

export interface WholeSource {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Stands in error messages. */
  readonly name: string;
}

/** What bytes may take: of a file as it is, of one unpacked, and of an image decoded. */
export const defaultMaximumBytes = 4294967296;

/**
 * @param isWanted asked for the first bytes (at most 1,024) before the rest is read.
 * @throws FormatError when there is nothing to read, or more than `maximumBytes`.
 */
export async function readWhole(
  source: Source,
  maximumBytes: number,
  isWanted: (head: Uint8Array<ArrayBuffer>, name: string) => void = () => undefined,
): Promise<WholeSource> {
  const address = addressOf(source);
  if (address) return readAddress(address, maximumBytes, isWanted);
  const opened = await openSource(source);
  const { size, name } = opened;
  try {
    isWanted(await opened.read(0, Math.min(1024, size)), name);
    checkSize(name, size, maximumBytes);
    const bytes = await opened.read(0, size);
    if (bytes.length === size) return { bytes, name };
    throw new FormatError(`${name}: expected ${size} bytes, got ${bytes.length}: the file changed while it was read`);
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof TypeError) throw cause;
    throw new FormatError(`${name}: expected a file that can be read, but ${(cause as Error).message}`, { cause });
  } finally {
    await opened.close();
  }
}

/** What must be fetched; null for what is at hand, or lies in a folder. */
export function addressOf(source: Source): URL | null {
  return isPath(source) && /^(https?|blob|data):/.test(String(source)) ? new URL(source) : null;
}

async function readAddress(
  address: URL,
  maximumBytes: number,
  isWanted: (head: Uint8Array<ArrayBuffer>, name: string) => void,
): Promise<WholeSource> {
  const name = address.protocol === "data:" ? "data URL" : address.href;
  const fail = (what: string, cause?: unknown): never => {
    throw new FormatError(`${name}: expected a file to fetch, but ${what}`, { cause });
  };
  const response = await fetch(address).catch((cause: unknown) => fail((cause as Error).message, cause));
  if (!response.ok) return fail(`the server answered ${response.status} ${response.statusText}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const reader = response.body?.getReader(); reader;) {
    const { done, value } = await reader.read().catch((cause: unknown) => fail((cause as Error).message, cause));
    if (done) break;
    parts.push(value);
    size += value.length;
    if (size > maximumBytes) await reader.cancel();
    checkSize(name, size, maximumBytes);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  isWanted(bytes.subarray(0, 1024), name);
  return { bytes, name };
}

function checkSize(name: string, size: number, maximumBytes: number): void {
  if (size <= maximumBytes) return;
  throw new FormatError(
    `${name}: expected a file of at most ${maximumBytes} bytes, got ${size}. If that is right, raise maximumBytes (--maximum-bytes).`,
  );
}
