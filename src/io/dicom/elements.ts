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
  const meta = readMeta(parser, bytes, fail);
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
 * The elements of group 0002, always explicit and little-endian: behind "DICM", or at the start of a file that lost its
 * preamble. They end where another group begins, whatever (0002,0000) says; where the rest is deflated, which need not look
 * like a group, where it says.
 */
function readMeta(
  parser: Awaited<ReturnType<typeof dicomParser>>,
  bytes: Uint8Array<ArrayBuffer>,
  fail: (what: string, cause?: unknown) => never,
): DataSet & { readonly position: number } {
  const start = isMarked(bytes, 128) ? 132 : isMarked(bytes, 0) ? 4 : 0;
  if (start >= bytes.length) return fail(`the elements of group 0002 from byte ${start} on, got the end of the file`);
  const stream = new parser.ByteStream(parser.littleEndianByteArrayParser, bytes, start);
  const meta: DataSet = { byteArray: bytes, elements: {} };
  const syntaxOf = () => transferSyntaxes[textOf(meta, "x00020010") ?? ""] as TransferSyntax | undefined;
  let said = -1;
  while (bytes[stream.position] === 2 && bytes[stream.position + 1] === 0) {
    if (stream.position === said && syntaxOf()?.isDeflated) break;
    const at = stream.position;
    let element: Element;
    try {
      element = parser.readDicomElementExplicit(stream, []);
    } catch (cause) {
      return fail(`the elements of group 0002 from byte ${start} on, but ${reasonOf(cause)} at byte ${at}`, cause);
    }
    if (stream.position > bytes.length)
      return fail(`${element.length} bytes in element ${tagOf(element.tag)} at byte ${at}, got ${bytes.length - element.dataOffset}: the file is cut off, or lies`); // prettier-ignore
    meta.elements[element.tag] = element;
    if (element.tag === "x00020000" && element.length === 4)
      said = stream.position + new DataView(bytes.buffer, bytes.byteOffset + element.dataOffset, 4).getUint32(0, true);
  }
  return { ...meta, position: stream.position };
}

const isMarked = (bytes: Uint8Array, at: number) => [0x44, 0x49, 0x43, 0x4d].every((byte, i) => bytes[at + i] === byte);

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
