/*
 * The key of a block: shard u32, first sequence u64, both big endian. So a shard's blocks lie together, in order.
 */
const BLOCK_KEY_BYTES = 12;
const TWO_32 = 2 ** 32;

export const blockKey = (shard: number, sequence: number): Buffer => {
  const key = Buffer.allocUnsafe(BLOCK_KEY_BYTES);
  key.writeUInt32BE(shard, 0);
  key.writeUInt32BE(Math.floor(sequence / TWO_32), 4);
  key.writeUInt32BE(sequence % TWO_32, 8);
  return key;
};

export const shardOfKey = (key: Buffer): number => key.readUInt32BE(0);
export const sequenceOfKey = (key: Buffer): number => key.readUInt32BE(4) * TWO_32 + key.readUInt32BE(8);
