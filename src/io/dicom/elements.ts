// The elements of a DICOM file up to its pixels (PS3.10, PS3.5 section 7); single elements are read by dicom-parser.
import type { ByteStream, Element } from "dicom-parser";
import { FormatError } from "../../errors.ts";
import { inflate } from "../inflate.ts";
import type { WholeSource } from "../whole.ts";
import { refusedSyntaxes, transferSyntaxes } from "./syntaxes.ts";
import type { TransferSyntax } from "./syntaxes.ts";

/** Elements by dicom-parser's tags ("x00280010"), and the bytes that they lie in. */
export interface DataSet {
  readonly byteArray: Uint8Array<ArrayBuffer>;
  readonly elements: Record<string, Element | undefined>;
}

export interface DicomFile {
  readonly name: string;
  readonly uid: string;
  readonly syntax: TransferSyntax;
  readonly dataSet: DataSet;
}

const pixelTags = new Set(["x7fe00008", "x7fe00009", "x7fe00010"]);

/** Value types with a length of 32 bits that dicom-parser does not know. */
const longTypes = new Set(["OV", "SV", "UV"]);

/** @throws FormatError naming the byte, for elements that overrun the file, and for a transfer syntax that is not read. */
export async function readElements({ bytes, name }: WholeSource, maximumBytes: number): Promise<DicomFile> {
  const parser = await dicomParser();
  const fail = (what: string, cause?: unknown): never => {
    throw new FormatError(`${name}: expected ${what}`, { cause });
  };
  let meta: DataSet & { readonly position: number };
  try {
    meta = parser.readPart10Header(bytes.subarray(0, endOfMeta(bytes))) as unknown as typeof meta;
  } catch (cause) {
    return fail(`the elements of group 0002 from byte 132 on, but ${reasonOf(cause)}`, cause);
  }
  const uid = meta.elements.x00020010 ? (textOf(meta, "x00020010") ?? "") : "";
  if (!Object.hasOwn(transferSyntaxes, uid)) {
    const known = refusedSyntaxes[uid] ? ` (${refusedSyntaxes[uid]})` : "";
    return fail(`a transfer syntax (0002,0010) of ${[...new Set(Object.values(transferSyntaxes).map((one) => one.name))].join(", ")}, got ${uid ? JSON.stringify(uid) + known : "none"}`); // prettier-ignore
  }
  const syntax = transferSyntaxes[uid];
  let [whole, start] = [bytes, meta.position];
  if (syntax.isDeflated) {
    whole = (await inflate(bytes.subarray(start), { packing: "deflate", maximumBytes, name })).bytes;
    start = 0;
  }
  if (start >= whole.length) return fail(`elements from byte ${start} on, got the end: the file is cut off`);
  const order = syntax.isLittle ? parser.littleEndianByteArrayParser : parser.bigEndianByteArrayParser;
  const stream = new parser.ByteStream(order, whole, start);
  const dataSet: DataSet = { byteArray: whole, elements: {} };
  while (stream.position < whole.length) {
    const at = stream.position;
    let element: Element;
    try {
      element =
        readLongElement(stream, whole, syntax) ??
        (syntax.isExplicit
          ? parser.readDicomElementExplicit(stream, [])
          : parser.readDicomElementImplicit(stream, undefined, undefined));
    } catch (cause) {
      return fail(`a DICOM element at byte ${at}, but ${reasonOf(cause)}`, cause);
    }
    if (stream.position > whole.length)
      return fail(`${element.length} bytes in element ${tagOf(element.tag)} at byte ${at}, got ${whole.length - element.dataOffset}: the file is cut off, or lies`); // prettier-ignore
    dataSet.elements[element.tag] = element;
    // What follows pixels is padding and signatures.
    if (pixelTags.has(element.tag)) break;
  }
  return { name, uid, syntax, dataSet };
}

async function dicomParser() {
  const module = await import("dicom-parser");
  return "default" in module ? module.default : module;
}

/**
 * Where group 0002 ends, as its first element (0002,0000) says; dicom-parser goes on to the first element of another group,
 * which what is deflated need not look like.
 */
function endOfMeta(bytes: Uint8Array): number {
  const start = [2, 0, 0, 0, 0x55, 0x4c, 4, 0];
  if (!start.every((byte, i) => bytes[132 + i] === byte) || bytes.length < 144) return bytes.length;
  const length = new DataView(bytes.buffer, bytes.byteOffset + 140, 4).getUint32(0, true);
  return Math.min(bytes.length, 144 + length);
}

function readLongElement(
  stream: ByteStream,
  bytes: Uint8Array,
  { isExplicit, isLittle }: TransferSyntax,
): Element | null {
  // prettier-ignore
  const at = stream.position;
  if (!isExplicit || at + 12 > bytes.length) return null;
  const vr = String.fromCharCode(bytes[at + 4], bytes[at + 5]);
  if (!longTypes.has(vr)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const half = (offset: number) =>
    view
      .getUint16(at + offset, isLittle)
      .toString(16)
      .padStart(4, "0");
  const length = view.getUint32(at + 8, isLittle);
  stream.seek(12 + length);
  return { tag: `x${half(0)}${half(2)}`, vr, length, dataOffset: at + 12 };
}

/** "(7fe0,0010)" of dicom-parser's "x7fe00010". */
export function tagOf(tag: string): string {
  return `(${tag.slice(1, 5)},${tag.slice(5, 9)})`;
}

/** More than any text of numbers takes; what is longer (or of undefined length) is none. */
const mostTextBytes = 1048576;

/** The text of an element without what pads it; null where there is none. */
export function textOf(dataSet: DataSet, tag: string): string | null {
  const element = dataSet.elements[tag];
  if (!element || element.length === 0 || element.length > mostTextBytes) return null;
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  return new TextDecoder("latin1")
    .decode(bytes)
    .replace(/\0[^]*$/, "")
    .trim();
}

/** dicom-parser throws texts, and errors inside an object. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  if (typeof cause === "object" && cause !== null && "exception" in cause) return reasonOf(cause.exception);
  return String(cause).replace(/^dicomParser\./, "");
}
