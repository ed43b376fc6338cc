import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { floatColumn } from "../../../protocol/columns.js";
import type { Payload } from "../../../protocol/messages.js";
import { DrumError, type ErrorCode } from "../../errors.js";
import { checkHasRows, withHint } from "./hints.js";

const csv = (text: string): Payload => ({
  kind: "bytes",
  data: Buffer.from(text),
  mimetype: "text/csv",
  charset: null,
});
const told = async (message: string, payload: Payload, code: ErrorCode = "HOOK_FAILED") =>
  ((await withHint(new DrumError(code, message), payload)) as DrumError).message;

describe("the hint of a failed prediction", () => {
  it.each([
    "the hook score raised KeyError('b')",
    "the hook score raised KeyError(\"['b'] not in index\")",
    "the hook score raised AttributeError(\"'DataFrame' object has no attribute 'b'\")",
    "the hook score raised simpleError: undefined columns selected",
    "the hook score raised simpleError: object 'b' not found",
    "the hook score raised simpleError: arguments imply differing number of rows: 1, 0",
    "the hook score raised simpleError: argument is of length zero",
    "the predictions have 0 rows for 3 rows of input; return one row per input row",
    "the hook score raised ArgumentError: column name :b not found in the data frame",
    "the hook score raised ErrorException: type NamedTuple has no field b",
  ])("names the columns that came: %s", async (message) => {
    expect(await told(message, csv('a,"c d"\n1,2\n'))).toBe(`${message}; the input has the columns a, c d`);
  });

  it("names ten columns at most, and those of a table", async () => {
    const names = Array.from({ length: 12 }, (_, at) => `c${at}`);
    const columns = names.map((name) => floatColumn(name, [1]));
    expect(await told("KeyError('b')", { kind: "table", table: { rows: 1, columns } })).toBe(
      "KeyError('b'); the input has the columns c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more",
    );
  });

  it.each([
    ["a;b\n1;2\n", "semicolons"],
    ["a\tb\n1\t2\n", "tabs"],
    ["a;b\n1,5;2,5\n", "semicolons"],
    ["\n\na|b\n1|2\n", "vertical bars"],
  ])("names the separator of %j, whatever failed", async (text, name) => {
    const hint = `it failed; the CSV seems to be separated by ${name}; separate its cells by commas`;
    for (const code of ["INPUT_INVALID", "INPUT_UNREADABLE", "HOOK_FAILED", "PREDICTIONS_INVALID"] as const)
      expect(await told("it failed", csv(text), code)).toBe(hint);
    const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-hints-")), "in.csv");
    writeFileSync(file, text);
    expect(await told("it failed", { kind: "file", path: file, mimetype: "text/csv", charset: null })).toBe(
      hint,
    );
  });

  it("tells of a body without line ends, whatever failed, but not of a file", async () => {
    for (const code of ["INPUT_EMPTY", "INPUT_INVALID", "HOOK_FAILED"] as const) {
      expect(await told("it failed", csv("a,b1,2"), code)).toBe(
        "it failed; the body has no line end; end every line with one, and use curl --data-binary @FILE, since -d removes line ends",
      );
    }
    const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-hints-")), "in.csv");
    writeFileSync(file, "a,b");
    const payload = { kind: "file", path: file, mimetype: "text/csv", charset: null } as const;
    expect(await told("it failed", payload, "INPUT_EMPTY")).toBe("it failed");
    expect(() => checkHasRows(0, payload)).not.toThrow();
  });

  it("a body without rows and line ends is refused", () => {
    expect(() => checkHasRows(0, csv("a,b1,2"))).toThrow("a header and no rows");
    for (const [rows, text] of [
      [0, "a,b\n"],
      [0, "a,b\r"],
      [1, "a,b"],
    ] as const)
      expect(() => checkHasRows(rows, csv(text))).not.toThrow();
  });

  it.each([
    ["of another error", "no luck", csv("a,b\n1,2\n"), "HOOK_FAILED"],
    ["of a dead worker", "KeyError('b')", csv("a;b\n1;2\n"), "WORKER_DIED"],
    ["of a CSV with commas", "it failed", csv("a;x,b\n1,2\n"), "INPUT_INVALID"],
    ["of an empty CSV", "KeyError('b')", csv("\n"), "HOOK_FAILED"],
    [
      "of a matrix",
      "KeyError('b')",
      { kind: "bytes", data: Buffer.from("%%"), mimetype: "text/mtx", charset: null },
      "HOOK_FAILED",
    ],
    [
      "of a file that is gone",
      "KeyError('b')",
      { kind: "file", path: "/nowhere", mimetype: null, charset: null },
      "HOOK_FAILED",
    ],
  ] as const)("is none %s", async (_title, message, payload, code) => {
    expect(await told(message, payload as Payload, code)).toBe(message);
  });

  it("leaves an error alone whose status user code chose", async () => {
    const error = new DrumError("HOOK_FAILED", "KeyError('b')", { httpStatus: 418 });
    expect(await withHint(error, csv("a;b\n"))).toBe(error);
  });
});
