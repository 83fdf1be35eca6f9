// Bytes and typed arrays of another realm (an iframe, a node:vm context, a test runner's sandbox), seen as this realm's own.
import { kindOf } from "./kind.ts";

/** The name of the built-in class: of typed arrays the language reads it off the object itself, whichever realm it is of. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Whether a value is of a built-in class, in this realm or another. */
export function isOf(value: unknown, name: "ArrayBuffer" | "Blob" | "File" | "URL" | "Uint8Array"): boolean {
  return typeof value === "object" && value !== null && tagOf(value) === name;
}

/** The bytes of a Uint8Array or an ArrayBuffer, of whichever realm, without copying; null for anything else. */
export function ownBytes(value: unknown): Uint8Array<ArrayBuffer> | null {
  if (value instanceof Uint8Array) return value as Uint8Array<ArrayBuffer>;
  if (isOf(value, "ArrayBuffer")) return new Uint8Array(value as ArrayBuffer);
  return ArrayBuffer.isView(value) && isOf(value, "Uint8Array") ? (ownArray(value) as Uint8Array<ArrayBuffer>) : null;
}

/** @throws TypeError for what is no bytes: a path, an answer of fetch, null. */
export function fileBytes(name: string, value: unknown): Uint8Array<ArrayBuffer> {
  const bytes = ownBytes(value);
  if (bytes) return bytes;
  throw new TypeError(
    `${name}: expected a file's bytes as a Uint8Array or an ArrayBuffer, got ${kindOf(value)}. Read the file first.`,
  );
}

/** A typed array of another realm as one of this realm on the same memory; anything else as it is. */
export function ownArray<T>(value: T): T {
  if (!ArrayBuffer.isView(value)) return value;
  const Own = (globalThis as unknown as Readonly<Record<string, unknown>>)[tagOf(value)] as Float32ArrayConstructor;
  if (typeof Own !== "function" || value instanceof Own || tagOf(value) === "DataView") return value;
  const { buffer, byteOffset, length } = value as unknown as Float32Array;
  return new Own(buffer, byteOffset, length) as unknown as T;
}
