export { createTestFirehose, DELIVERED, FAILED, type TestFirehose } from "./firehose.js";
export { createDice, type Dice } from "./random.js";
export { firstApp } from "./apps.js";
export { contentOf } from "./stored.js";
export { createWorld, scheduleOf, type World } from "./world.js";
