import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { hide, mask } from "../masking.js";
import { PrintedLines } from "./exit.js";

async function linesOf(chunks: readonly (string | Buffer)[]) {
  const prints = new PassThrough();
  const lines: string[] = [];
  const printed = new PrintedLines(prints, (line) => lines.push(line));
  for (const chunk of chunks) {
    prints.write(chunk);
    await new Promise(setImmediate);
  }
  prints.end();
  await printed.ended;
  return { lines, tail: printed.tail() };
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

  it("splits an endless line, but no secret", async () => {
    hide("swordfish-of-the-deep");
    const dots = ".".repeat(8185);
    const { lines } = await linesOf([`${dots}swordfish-`, `of-the-deep${dots}`, "end"]);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map(mask).join("")).toBe(`${dots}*****${dots}end`);
  });
});
