/*
 * The memory that the kernel and the code around it share: offsets in bytes, little endian. Both import this file.
 * `u32` names that end in a plural point to a list; no pointer is 0 but where it says so.
 */

/** One block that the kernel handles at a time. What it is given has as much room behind it. */
export const BLOCK_BYTES = 16;

/** Settings: nothing lies below them, so that a pointer to a record can be told from a small number. Blocks of one byte
 * each cost less to load than to make. */
export const QUOTES = 1024;
export const BACKSLASHES = 1040;
export const SPACES = 1056;
export const TYPE_RECORDS = 1072;
export const TYPE_COUNT = 1076;
export const DEPTH_MAX = 1080;
export const EVENT_BYTES_MAX = 1084;
export const ID_BYTES_MAX = 1088;
/** How much older and younger than its arrival an event may be that says nothing of it: f64. */
export const LATE_MS = 1096;
export const AHEAD_MS = 1104;
/** Columns of the rows. */
export const ROW_STARTS = 1112;
export const ROW_ENDS = 1116;
export const ROW_REASONS = 1120;
export const ROW_TYPES = 1124;
export const ROW_TIMES = 1128;
export const ROW_LATE = 1132;
export const ROW_AHEAD = 1136;
export const ROW_ID_STARTS = 1140;
export const ROW_ID_ENDS = 1144;
/** Rows that the kernel leaves to the plain reader, and how many they are. */
export const REFUSED_ROWS = 1148;
export const REFUSED_COUNT = 1152;
/** Pairs of a row and a column whose text has escapes, how many they are and may be. */
export const ESCAPED_TEXTS = 1156;
export const ESCAPED_COUNT = 1160;
export const ESCAPED_COUNT_MAX = 1164;
/** Of each column what it holds of the rows. */
export const COLUMN_KINDS = 1168;
export const COLUMN_COUNT = 1172;
/** Four words a row. */
export const ROW_FINGERPRINTS = 1176;

/** An event type. */
export const TYPE_OBJECT = 0;
/** Its name and a quote, padded to whole blocks. */
export const TYPE_NAME = 4;
export const TYPE_NAME_LENGTH = 8;
export const TYPE_SEED = 12; // what its events' fingerprints begin with: four words
export const TYPE_BYTES = 28;

/** An object of a schema. */
export const OBJECT_FIRST = 0; // the member that came first last time
export const OBJECT_SHIFT = 4; // of the hash of a name, to a slot
export const OBJECT_REQUIRED = 8; // how many of its members are
export const OBJECT_SLOTS = 12; // members by the hash of their names; 0: free

/**
 * A member of an object, or the items of an array. Its pattern is what is expected where it begins: `,"name":`, and the
 * quote of a text.
 */
export const MEMBER_HEAD = 0; // the pattern's first block
export const MEMBER_MASK = 16; // u32: which bytes of the block are the pattern's
export const MEMBER_PATTERN_LENGTH = 20;
export const MEMBER_PATTERN = 24; // padded to whole blocks
export const MEMBER_NEXT = 28; // the member that came behind it last time
export const MEMBER_SEEN = 32; // u64: the number of the object in which it had a value last
export const MEMBER_KIND = 40; // u8
export const MEMBER_NULLABLE = 41; // u8
export const MEMBER_QUOTED = 42; // u8: its value is expected to be a text
export const MEMBER_CHECKED = 43; // u8: a text with an enum or bounds of length
export const MEMBER_CHILD = 44; // the object, or the items
export const MEMBER_LEAST = 48; // f64
export const MEMBER_MOST = 56; // f64
export const MEMBER_POWER = 64; // f64: ten to the scale; 0: none
export const MEMBER_LENGTH_MIN = 72; // u32, in code points
export const MEMBER_LENGTH_MAX = 76; // u32: also of items
export const MEMBER_ENUM = 80; // pairs of a length and a text, padded to whole blocks; 0: none
export const MEMBER_ENUM_COUNT = 84;
export const MEMBER_NAME = 88; // padded to whole blocks
export const MEMBER_NAME_LENGTH = 92;
export const MEMBER_COLUMN = 96; // its index
export const MEMBER_KINDS = 100; // the column's; 0: it has none
export const MEMBER_STARTS = 104;
export const MEMBER_ENDS = 108;
export const MEMBER_NUMBERS = 112;
export const MEMBER_REQUIRED = 116; // 1 or 0
export const MEMBER_BYTES = 128;

/** A member that is never met: what is expected where nothing is. Its mask asks for a byte past the block. */
export const NO_MEMBER = 1184;
export const NO_MASK = 0x10000;
export const TABLE = 1312;

export const KIND_TEXT = 1;
export const KIND_INTEGER = 2;
export const KIND_NUMBER = 3;
export const KIND_BOOLEAN = 4;
export const KIND_OBJECT = 5;
export const KIND_ARRAY = 6;
export const KIND_ID = 7;
export const KIND_TIME = 8;
export const KIND_TYPE = 9;
export const KIND_BOUNDS = 10;

/** What the kernel writes as the reason of a row that it leaves to the plain reader. */
export const REFUSED = 255;

/** Of the hash of a name: 2^32 over the golden ratio, as a signed integer. */
export const NAME_MULTIPLIER = -1640531535;
