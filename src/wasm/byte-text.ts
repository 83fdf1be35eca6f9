// Bytes as text that packs well: a byte a character, where base64 hides from gzip what repeats in a WebAssembly file.

/**
 * The characters that a JavaScript string in quotes need not escape: from the blank to "}", without " $ \ and `; "~" and "`"
 * lead over to the bytes from 90 and from 180 on.
 */
const first = 0x20;
const last = 0x7d;
const left = new Set(['"', "$", "\\", "`"].map((character) => character.charCodeAt(0)));
const lead90 = "~".charCodeAt(0);
const lead180 = "`".charCodeAt(0);

/** Bytes that have a character of their own. */
const own = last - first + 1 - left.size;

/** A byte is written as if it were higher by this: 0xfd, which begins every vector instruction, then has a character. */
const turned = 4;

/** The bytes that scripts/build-kernels.mjs wrote as text. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const valueOf = new Uint8Array(128);
  for (let code = first, value = 0; code <= last; code++) if (!left.has(code)) valueOf[code] = value++;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let base = 256 - turned;
    let code = text.charCodeAt(at);
    if (code === lead90 || code === lead180) {
      base += code === lead90 ? own : 2 * own;
      code = text.charCodeAt(++at);
    }
    // Modulo 256, since these are bytes.
    bytes[length++] = base + valueOf[code];
  }
  return bytes.slice(0, length);
}
