// crc-32 declares the types of its main module only.
declare module 'crc-32/crc32c.js' {
  const crc32c: {
    /** CRC-32C of bytes, as a signed number of 32 bits. */
    buf(data: Uint8Array): number;
  };
  export default crc32c;
}
