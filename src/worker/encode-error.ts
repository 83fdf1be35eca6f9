// Errors as they are sent: caught as the same named class, with their fields, where they arrive.
import {
  DivergenceError, FormatError, LeakageError, SealedTestSetError, StorageError, StudyStateError, ThreadError,
} from "../index.ts"; // prettier-ignore
import { decode, encode } from "./encode.ts";
import type { Sent } from "./encode.ts";

export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Whether it is one of the platform's, such as AbortError. */
  readonly isDom: boolean;
  /** What else it says, such as the pairs of a LeakageError. */
  readonly fields: Readonly<Record<string, Sent>>;
  readonly cause: SentError | null;
}

const plainClasses: Readonly<Record<string, new (message: string) => Error>> = {
  FormatError,
  SealedTestSetError,
  StorageError,
  StudyStateError,
  ThreadError,
  RangeError,
  TypeError,
  SyntaxError,
  ReferenceError,
};

export function encodeError(error: unknown): SentError {
  if (!(error instanceof Error)) return { ...bare, message: String(error) };
  const { name, message, stack } = error;
  const fields = Object.entries(error).flatMap(([key, value]) => {
    if (key === "name") return [];
    try {
      return [[key, encode(value, key)]];
    } catch {
      return []; // what cannot be sent is of no use there
    }
  });
  const isDom = typeof DOMException !== "undefined" && error instanceof DOMException;
  return {
    name,
    message,
    stack,
    isDom,
    fields: isDom ? {} : (Object.fromEntries(fields) as Record<string, Sent>),
    cause: error.cause === undefined ? null : encodeError(error.cause),
  };
}

const bare: SentError = { name: "Error", message: "", stack: undefined, isDom: false, fields: {}, cause: null };

export function decodeError(sent: SentError): Error {
  const error = made(sent);
  if (sent.stack !== undefined) Object.defineProperty(error, "stack", { value: sent.stack, configurable: true, writable: true }); // prettier-ignore
  if (sent.cause) Object.defineProperty(error, "cause", { value: decodeError(sent.cause), configurable: true, writable: true }); // prettier-ignore
  return error;
}

function made({ name, message, isDom, fields }: SentError): Error {
  if (isDom) return new DOMException(message, name);
  const given = decode(fields) as Record<string, unknown>;
  if (name === "DivergenceError") return new DivergenceError(message, given["at"] as DivergenceError["at"]);
  if (name === "LeakageError") return new LeakageError(message, given["pairs"] as LeakageError["pairs"]);
  const Class = Object.hasOwn(plainClasses, name) ? plainClasses[name] : null;
  if (Class) return Object.assign(new Class(message), given);
  return Object.assign(new Error(message), { name, ...given });
}
