// Whether a file holds an image, by its first bytes.
import { isGzip } from "../inflate.ts";
import { formatOf } from "../recognition.ts";
import { openSource } from "../source.ts";

/** Also what is packed with gzip, whose content only unpacking would tell. */
export async function isImageFile(path: string): Promise<boolean> {
  const head = await headOf(path);
  return formatOf(head) !== null || isGzip(head);
}

async function headOf(path: string): Promise<Uint8Array> {
  const opened = await openSource(path);
  try {
    return await opened.read(0, Math.min(1024, opened.size));
  } finally {
    await opened.close();
  }
}
