// Shadows: what is alike, how far numbers differ, and what a report and the records hold.

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { Records } from "./records.js";
import { differenceOf, Shadow } from "./shadow.js";

it.each<[unknown, unknown, number | null]>([
  [{ a: [1, 2] }, { a: [1, 2.5] }, 0.5],
  [{ a: [1, 2] }, { a: [1, 2] }, 0],
  [{ a: [1, 2] }, { a: [1] }, null],
  [{ a: 1 }, { b: 1 }, null],
  [{ a: "x" }, { a: "y" }, null],
  [{ a: null }, { a: null }, 0],
  [[1], { 0: 1 }, null],
  [1, "1", null],
])("finds between %j and %j the difference %j", (one, other, difference) => {
  expect(differenceOf(one, other)).toBe(difference);
});

const answered = (ndarray: string, meta = "{}") =>
  Promise.resolve(`{"data":{"ndarray":${ndarray}},"meta":${meta}}`);

it("counts what is alike, what differs and what failed, and keeps both answers", async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-")), "states", "canary.shadow.jsonl");
  const shadow = new Shadow("canary", new Records(file, () => {}));
  await shadow.compare("1", answered("[1]"), answered("[1.0]", '{"tags":{"a":1}}'));
  await shadow.compare("2", answered("[NaN]"), answered("[NaN]"));
  await shadow.compare("3", answered("[1]"), answered("[3]"));
  await shadow.compare("4", answered("[1]"), answered('["x"]'));
  await shadow.compare("5", answered("[1]"), Promise.reject(new Error("it broke")));
  await shadow.compare("6", Promise.reject(new Error("no answer")), answered("[1]"));
  expect(shadow.report).toMatchObject({
    shadow: "canary",
    equal: 2,
    different: 2,
    failed: 1,
    skipped: 1,
    largestDifference: 2,
    lastFailure: "it broke",
    differing: [
      { request: "3", difference: 2 },
      { request: "4", difference: null },
    ],
  });
  await vi.waitFor(() => expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(5));
  const last = JSON.parse(readFileSync(file, "utf8").trim().split("\n").at(-1)!);
  expect(last).toMatchObject({ request: "5", failure: "it broke" });
});

it("keeps the last differing answers alone", async () => {
  const shadow = new Shadow("canary", undefined);
  for (let at = 0; at < 30; at++) await shadow.compare(String(at), answered("[1]"), answered("[2]"));
  expect(shadow.report.differing.map(({ request }) => request)).toEqual(
    Array.from({ length: 20 }, (_, at) => String(at + 10)),
  );
});

it("tells once that a file lacks records", async () => {
  const warn = vi.fn();
  const records = new Records("/dev/null/records.jsonl", warn);
  records.add({});
  await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
  records.add({});
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(warn).toHaveBeenCalledOnce();
});
