import { expect, it } from "vitest";
import { createClosers } from "./closers.js";

it("ends everything in the opposite order, also where one part fails, and says the first failure", async () => {
  const closers = createClosers();
  const ended: string[] = [];
  for (const name of ["a", "b", "c"]) {
    closers.add(async () => {
      ended.push(name);
      if (name !== "a") throw new Error(name);
    });
  }
  await expect(closers.close()).rejects.toThrow("c");
  expect(ended).toEqual(["c", "b", "a"]);
});
