import { ROW_FINGERPRINTS, ROW_ID_ENDS, ROW_ID_STARTS, ROW_TIMES, TYPE_SEED } from "../layout";
import { State } from "./state";

// the constants and steps are those of measure/hash/fingerprint.ts
const C1: i32 = 0x239b961b;
const C2: i32 = <i32>0xab0e9789;
const C3: i32 = 0x38b34ae5;
const C4: i32 = <i32>0xa1e38b93;

function mixOf(word: i32, first: i32, bits: i32, second: i32): i32 {
  return rotl<i32>(word * first, bits) * second;
}

function finalMix(word: i32): i32 {
  let mixed: i32 = (word ^ (word >>> 16)) * <i32>0x85ebca6b;
  mixed = (mixed ^ (mixed >>> 13)) * <i32>0xc2b2ae35;
  return mixed ^ (mixed >>> 16);
}

/** Which bytes of a block belong to a text of which so many are left. */
function maskOf(left: i32): v128 {
  const places = v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return i8x16.lt_s(places, i8x16.splat(<i8>left));
}

/** Writes the fingerprint of the row's type, id and time. */
export function putFingerprint(): void {
  const offset = State.row << 2;
  const start = <usize>load<u32>(<usize>load<u32>(ROW_ID_STARTS) + offset) + State.shift;
  const end = <usize>load<u32>(<usize>load<u32>(ROW_ID_ENDS) + offset) + State.shift;
  const time = <i64>load<f64>(<usize>load<u32>(ROW_TIMES) + (State.row << 3));
  const length = 16 + <i32>(end - start);
  let h1 = load<i32>(State.type, TYPE_SEED);
  let h2 = load<i32>(State.type, TYPE_SEED + 4);
  let h3 = load<i32>(State.type, TYPE_SEED + 8);
  let h4 = load<i32>(State.type, TYPE_SEED + 12);
  let k1 = <i32>time;
  let k2 = <i32>(time >> 32);
  let k3 = k1;
  let k4 = k2;
  for (let at = start; ; at += 16) {
    h1 ^= mixOf(k1, C1, 15, C2);
    h2 ^= mixOf(k2, C2, 16, C3);
    h3 ^= mixOf(k3, C3, 17, C4);
    h4 ^= mixOf(k4, C4, 18, C1);
    h1 = (rotl<i32>(h1, 19) + h2) * 5 + 0x561ccd1b;
    h2 = (rotl<i32>(h2, 17) + h3) * 5 + 0x0bcaa747;
    h3 = (rotl<i32>(h3, 15) + h4) * 5 + <i32>0x96cd1c35;
    h4 = (rotl<i32>(h4, 13) + h1) * 5 + 0x32ac3b17;
    if (at >= end) break;
    let block = v128.load(at);
    if (end - at < 16) block = v128.and(block, maskOf(<i32>(end - at)));
    k1 = i32x4.extract_lane(block, 0);
    k2 = i32x4.extract_lane(block, 1);
    k3 = i32x4.extract_lane(block, 2);
    k4 = i32x4.extract_lane(block, 3);
  }
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 ^ length) + h2 + h3 + h4;
  const f1 = finalMix(h1);
  const f2 = finalMix(h2 + h1);
  const f3 = finalMix(h3 + h1);
  const f4 = finalMix(h4 + h1);
  const sum = f1 + f2 + f3 + f4;
  const out = <usize>load<u32>(ROW_FINGERPRINTS) + (State.row << 4);
  store<i32>(out, sum);
  store<i32>(out, f2 + sum, 4);
  store<i32>(out, f3 + sum, 8);
  store<i32>(out, f4 + sum, 12);
}
