// Writes bytes as the text that src/wasm/byte-text.ts reads.
const characters = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).filter(
  (character) => !'"$\\`'.includes(character),
);
const own = characters.length;
const leads = ["", "~", "`"];

export function textOfBytes(bytes) {
  const written = Array.from({ length: 256 }, (_, byte) => {
    const value = (byte + 4) % 256;
    return leads[Math.floor(value / own)] + characters[value % own];
  });
  return Array.from(bytes, (byte) => written[byte]).join("");
}
