// Parameters of wrapper classes, as Seldon writes them.

import { describe, expect, it } from "vitest";
import { parseParameters } from "./wrapper.js";

const one = (value: unknown, type: string) => JSON.stringify([{ name: "a", value, type }]);

describe("parseParameters", () => {
  it.each<[unknown, string, unknown]>([
    ["3", "INT", 3],
    [3, "INT", 3],
    ["-7", "INT", -7],
    ["2.5", "FLOAT", 2.5],
    ["1e3", "DOUBLE", 1000],
    ["x", "STRING", "x"],
    [5, "STRING", "5"],
    ["yes", "BOOL", true],
    ["Off", "BOOL", false],
    [true, "BOOL", true],
    ["0", "BOOL", false],
  ])("reads %j as %s", (value, type, expected) => {
    expect(parseParameters(one(value, type))).toEqual({ a: expected });
  });

  it.each<[string, string]>([
    ["{", "is not JSON"],
    ["{}", "is not a list"],
    ['[{"name":"a","value":"1"}]', 'expected {"name", "value", "type"}'],
    ["[1]", "has 1, expected"],
    [one("1.5", "INT"), 'the value "1.5", which is no INT'],
    [one("x", "FLOAT"), 'the value "x", which is no FLOAT'],
    [one("", "DOUBLE"), "which is no DOUBLE"],
    [one("maybe", "BOOL"), "which is no BOOL"],
    [one("1", "int"), "the type int; use one of INT"],
  ])("refuses %s", (text, words) => {
    expect(() => parseParameters(text)).toThrow(words);
  });
});
