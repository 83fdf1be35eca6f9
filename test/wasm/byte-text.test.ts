import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textOfBytes } from "../../scripts/byte-text.mjs";
import { bytesOfText } from "../../src/wasm/byte-text.ts";

describe("bytes as text", () => {
  it("come back, each of 256 and any list of them", () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(bytesOfText(textOfBytes(all))).toEqual(all);
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(bytesOfText(textOfBytes(bytes))).toEqual(bytes)));
  });

  it("are characters from the blank to the tilde, none of which a string in quotes has to escape", () => {
    const text = textOfBytes(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    expect(text).toMatch(/^[ -~]+$/);
    expect(text).not.toMatch(/["\\$]/);
    expect(JSON.stringify(text)).toHaveLength(text.length + 2);
  });
});
