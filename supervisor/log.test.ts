import { describe, expect, it } from "vitest";
import { harmless, Lines } from "./log.js";

describe("harmless", () => {
  it.each([
    ["leaves letters of all scripts, tabs and quotes", 'naïve\t"日本語" 🙂', 'naïve\t"日本語" 🙂'],
    [
      "indents further lines, so that none passes for one of the log",
      "one\n[2000] ERROR: two",
      "one\n    [2000] ERROR: two",
    ],
    ["escapes a carriage return", "shown\rhidden", "shown\\x0dhidden"],
    ["escapes what moves the cursor or colours", "\u001b[2K\u009b1A\u0007", "\\x1b[2K\\x9b1A\\x07"],
    ["escapes other line ends", "a\u0085b\u2028c\u000bd", "a\\x85b\\u2028c\\x0bd"],
    ["escapes what turns the direction of writing", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
  ])("%s", (_title, text, expected) => {
    expect(harmless(text)).toBe(expected);
  });
});

describe("Lines", () => {
  const outputOf = (writableLength: number) => {
    const written: string[] = [];
    return { written, writableLength, write: (text: unknown) => written.push(String(text)) > 0 };
  };

  it("drop what is too much for a reader that stalls, and tell how much once it reads again", () => {
    const output = outputOf(0);
    const lines = new Lines(output);
    lines.write(() => "one\n");
    output.writableLength = 2 ** 23;
    lines.write(() => "two\n");
    lines.write(() => "three\n");
    output.writableLength = 0;
    lines.write(() => "four\n");
    lines.write(() => "five\n");
    expect(output.written).toEqual([
      "one\n",
      "(the log dropped 2 lines: nothing read it in time)\n",
      "four\n",
      "five\n",
    ]);
  });
});
