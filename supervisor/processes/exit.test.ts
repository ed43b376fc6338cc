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
  it("joins and splits what comes in pieces, characters too", async () => {
    const [first, second] = [Buffer.from("one ü").subarray(0, 5), Buffer.from("one ü").subarray(5)];
    expect((await linesOf([first, second, "ber\r\ntwo\nthree"])).lines).toEqual(["one über", "two", "three"]);
  });

  it("remembers the last twenty", async () => {
    const { tail } = await linesOf([Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join("")]);
    expect(tail.split("\n")).toEqual(Array.from({ length: 20 }, (_, at) => `line ${at + 10}`));
  });

  it("gives a line without end in pieces, and cuts no secret in two", async () => {
    hide("swordfish-of-the-deep");
    const dots = ".".repeat(8185);
    const { lines } = await linesOf([`${dots}swordfish-`, `of-the-deep${dots}`, "end"]);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map(mask).join("")).toBe(`${dots}*****${dots}end`);
  });
});
