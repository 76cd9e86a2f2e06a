export { createTestFirehose, DELIVERED, FAILED, type TestFirehose } from "./firehose.js";
export { createDice, type Dice } from "./random.js";
