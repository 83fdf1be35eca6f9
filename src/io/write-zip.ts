// Writes a zip file; packing itself is zip.js's. Loaded with the first file that is written.
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";

/** The first moment that zip can express: the time of writing is nobody's business, and would change the bytes. */
const earliest = new Date(1980, 0, 1);

/** The bytes of a zip file with these entries, each deflated. The same entries give the same bytes. */
export async function writeZip(
  entries: Iterable<readonly [name: string, bytes: Uint8Array]>,
): Promise<Uint8Array<ArrayBuffer>> {
  const options = { extendedTimestamp: false, lastModDate: earliest, useWebWorkers: false };
  const writer = new ZipWriter(new Uint8ArrayWriter(), options);
  for (const [name, bytes] of entries) await writer.add(name, new Uint8ArrayReader(bytes));
  return new Uint8Array(await writer.close());
}
