// SHA-256 (FIPS 180-4) as hexadecimal text, by the platform's own WebCrypto.

/** The 64 lower-case hexadecimal digits of the hash over the bytes. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // WebCrypto takes no view of shared memory, which a module with threads has.
  const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
  const digest = await crypto.subtle.digest("SHA-256", own);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
