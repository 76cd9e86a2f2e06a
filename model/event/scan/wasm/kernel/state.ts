/** What the functions of the kernel tell each other beside what they return. */
export class State {
  /** The row that is read. */
  static row: usize = 0;
  /** How far behind its place in the caller's buffer a byte lies in this memory. */
  static shift: usize = 0;
  /** The record of the type that the event is taken to be of. */
  static type: usize = 0;
  /** Where the event says that it is of another type, which `type` is now; 0: it does not. */
  static otherTypeAt: usize = 0;
  /** Of the last text: whether it has escapes, and characters beyond ASCII. */
  static hasEscapes: bool = false;
  static isWide: bool = false;
  /** Objects of schemas so far: each has a number. */
  static objects: u64 = 0;
  /** The last number. */
  static number: f64 = 0;
  static lateMs: f64 = 0;
  static aheadMs: f64 = 0;
}
