/** One attribute of rtnetlink, padded: the library's own encoder wants more than tests need to know. */
export const attribute = (type: number, value: Uint8Array): Buffer => {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, 4);
  return bytes;
};
