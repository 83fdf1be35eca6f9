// Values as they are sent: plain ones as they are, networks and URLs by what they are made of, functions refused.
import { network } from "../index.ts";
import type { Layer, Network } from "../index.ts";

/** What structured cloning takes, and decode() turns back. */
export type Sent = unknown;

/** Stands for a value that is made again where it arrives. */
const mark = "voxgrad:made";

type Made =
  | { readonly [mark]: "network"; readonly layers: readonly Layer[]; readonly input: readonly number[] | null }
  | { readonly [mark]: "url"; readonly href: string };

/**
 * @param at names the value in error messages: "train".
 * @throws TypeError for a function, or an object that is more than its values.
 */
export function encode(value: unknown, at: string): Sent {
  if (typeof value === "function" || typeof value === "symbol") throw unsendable(at, `a ${typeof value}`);
  if (typeof value !== "object" || value === null || isBinary(value)) return value;
  if (isNetwork(value)) {
    return { [mark]: "network", layers: encode(value.layers, `${at}.layers`), input: value.input };
  }
  if (isUrl(value)) return { [mark]: "url", href: value.href } satisfies Made;
  if (Array.isArray(value)) return value.map((each, index) => encode(each, `${at}[${index}]`));
  if (isMap(value)) return new Map([...value].map(([key, each]) => [key, encode(each, `${at}.${String(key)}`)]));
  if (!isPlain(value)) throw unsendable(at, `a ${nameOf(value)}`);
  if (typeof (value as { digest?: unknown }).digest === "function") {
    throw new TypeError(
      `${at}: expected a description of the data, got a dataset, whose functions cannot be sent to a worker. ` +
        "Give { arrays: {...} }, { phantoms: {...} }, { npz: file } or { folder: path }.",
    );
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, encode(each, `${at}.${key}`)]));
}

/** The value again; what is plain is frozen. */
export function decode(value: Sent): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(decode));
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, decode(each)]));
  if (!isPlain(value)) return value;
  if (mark in value) return make(value as Made);
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decode(each)])));
}

function make(made: Made): Network | URL {
  if (made[mark] === "url") return new URL(made.href);
  const layers = decode(made.layers) as readonly Layer[];
  return network(layers, made.input ? { input: made.input } : {});
}

/** The memory that a sent value is made of: what it is moved with. */
export function buffersOf(value: Sent, found = new Set<ArrayBuffer>()): readonly ArrayBuffer[] {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (buffer instanceof ArrayBuffer) found.add(buffer);
  else if (value instanceof Map) for (const each of value.values()) buffersOf(each, found);
  else if (Array.isArray(value)) for (const each of value) buffersOf(each, found);
  else if (typeof value === "object" && value !== null && isPlain(value)) {
    for (const each of Object.values(value)) buffersOf(each, found);
  }
  return [...found];
}

function isBinary(value: object): boolean {
  return (
    ArrayBuffer.isView(value) || ["ArrayBuffer", "SharedArrayBuffer", "Blob", "File", "Date"].includes(tagOf(value))
  );
}

/** Of this realm or another: an object whose prototype is the root of all. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The class of a built-in object, of whichever realm. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

const isUrl = (value: object): value is URL => tagOf(value) === "URL";

const isMap = (value: object): value is ReadonlyMap<unknown, unknown> => tagOf(value) === "Map";

/** An open network throws when it is asked for more than this. */
function isNetwork(value: object): value is Network {
  return "layers" in value && "withInput" in value && typeof value.withInput === "function";
}

function nameOf(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? "object";
}

function unsendable(at: string, got: string): TypeError {
  return new TypeError(
    `${at}: expected plain values, which can be sent to a worker, got ${got}. Leave it out, or do without a worker.`,
  );
}
