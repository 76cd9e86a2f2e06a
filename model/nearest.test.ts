import { describe, expect, it } from "vitest";
import { nearest, suggestion } from "./nearest.js";

describe("nearest", () => {
  it.each([
    ["readres", "readers"],
    ["Readers", "readers"],
    ["readers-per-pag", "readers-per-page"],
    ["zebra", null],
    ["x", null],
    ["", null],
    ["v".repeat(65), null],
  ])("of %j is %j", (wanted, found) => {
    expect(nearest(wanted, ["views", "readers", "readers-per-page"])).toBe(found);
  });

  it("is told as a question, or as the names there are", () => {
    expect(suggestion("veiws", ["views", "readers"])).toBe('did you mean "views"?');
    expect(suggestion("zebra", ["views", "readers"])).toBe("there are: views, readers");
    expect(suggestion("zebra", [])).toBe("there are none");
  });
});
