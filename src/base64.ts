// Bytes as base64 text and back (RFC 4648, section 4), in every engine.

/** Bytes that one call of String.fromCharCode takes. */
const together = 8192;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += together) {
    text += String.fromCharCode(...bytes.subarray(from, from + together));
  }
  return btoa(text);
}

/** @throws DOMException when the text is no base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
