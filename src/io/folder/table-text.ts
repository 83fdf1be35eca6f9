// A table's bytes as text: UTF-8, or what spreadsheets write beside it, if it says so itself.
import { FormatError } from "../../errors.ts";

/** The text, or why there is none. Without a mark of its own at the beginning a table is UTF-8. */
export function tableText(bytes: Uint8Array, name: string): string | FormatError {
  const mark = bytes.length < 2 ? 0 : 256 * bytes[0] + bytes[1];
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    return new FormatError(
      `${name}: expected a table in UTF-8, got other bytes, such as letters with accents in an older encoding. ` +
        'Save it as "CSV UTF-8".',
      { cause },
    );
  }
}
