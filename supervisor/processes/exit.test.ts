import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { hide, mask } from "../masking.js";
import { PrintedLines } from "./exit.js";

async function linesOf(chunks: readonly (string | Buffer)[]) {
  const prints = new PassThrough();
  const lines: string[] = [];
  const levels: (string | undefined)[] = [];
  const printed = new PrintedLines(prints, (line, level) => {
    lines.push(line);
    levels.push(level);
  });
  for (const chunk of chunks) {
    prints.write(chunk);
    await new Promise(setImmediate);
  }
  prints.end();
  await printed.ended;
  return { lines, levels, tail: printed.tail() };
}

describe("PrintedLines", () => {
  it("joins lines and characters that are split over chunks", async () => {
    const [first, second] = [Buffer.from("one ü").subarray(0, 5), Buffer.from("one ü").subarray(5)];
    expect((await linesOf([first, second, "ber\r\ntwo\nthree"])).lines).toEqual(["one über", "two", "three"]);
  });

  it("keeps the last twenty lines", async () => {
    const { tail } = await linesOf([Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join("")]);
    expect(tail.split("\n")).toEqual(Array.from({ length: 20 }, (_, at) => `line ${at + 10}`));
  });

  it("reads the level of a marked line, and leaves other lines as they are", async () => {
    const { lines, levels, tail } = await linesOf([
      "\u0001ebad\n\u0001",
      "wodd\n\u0001xplain\nplain\n\u0001i\n\u0001dsmall",
    ]);
    expect(lines).toEqual(["bad", "odd", "\u0001xplain", "plain", "", "small"]);
    expect(levels).toEqual(["error", "warn", undefined, undefined, "info", "debug"]);
    expect(tail).toBe(lines.join("\n"));
  });

  it("splits an endless line, but no secret", async () => {
    hide("swordfish-of-the-deep");
    const dots = ".".repeat(8185);
    const { lines } = await linesOf([`${dots}swordfish-`, `of-the-deep${dots}`, "end"]);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map(mask).join("")).toBe(`${dots}*****${dots}end`);
  });
});
