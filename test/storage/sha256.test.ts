import fc from "fast-check";
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { sha256 } from "../../src/storage/sha256.ts";

it("sha256 of the three examples of FIPS 180-4", async () => {
  const of = (text: string) => sha256(new TextEncoder().encode(text));
  expect(await of("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(await of("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(await of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

it("sha256 agrees with OpenSSL's over drawn bytes, in memory of its own, shared, or a part of more", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const want = createHash("sha256").update(bytes).digest("hex");
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
      shared.set(bytes);
      const part = new Uint8Array(bytes.length + 5);
      part.set(bytes, 2);
      expect(await sha256(bytes)).toBe(want);
      expect(await sha256(shared)).toBe(want);
      expect(await sha256(part.subarray(2, 2 + bytes.length))).toBe(want);
    }),
  );
});
