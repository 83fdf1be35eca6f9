// crc-32's CRC32C, the checksum of TensorFlow's records; the package describes its CRC-32 alone.
declare module "crc-32/crc32c.js" {
  const crc32c: {
    /** The checksum as a signed number of 32 bits. */
    buf(bytes: Uint8Array): number;
  };
  export default crc32c;
}
