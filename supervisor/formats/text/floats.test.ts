import { describe, expect, it } from "vitest";
import { float32Text, floatText, numberOf } from "./floats.js";

describe("floats as Python writes them", () => {
  it.each([
    [0.1, "0.1"],
    [7, "7.0"],
    [-0, "-0.0"],
    [0.30000000000000004, "0.30000000000000004"],
    [1e-4, "0.0001"],
    [1e-5, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [9999999999999998, "9999999999999998.0"],
    [1e16, "1e+16"],
    [1e20, "1e+20"],
    [-1.2345e300, "-1.2345e+300"],
    [5e-324, "5e-324"],
    [Number.NaN, "nan"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
  ])("%d is %s", (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  it.each([
    [0.98019654, "0.98019654"],
    [0.1, "0.1"],
    [-54.1796875, "-54.179688"],
    [123456.7, "123456.7"],
    [1e6, "1e+06"],
    [16777216, "1.6777216e+07"],
    [3.4028235e38, "3.4028235e+38"],
    [1e-45, "1e-45"],
    [0, "0.0"],
    [-0, "-0.0"],
    [Number.NaN, "nan"],
    [-Infinity, "-inf"],
  ])("%d as float32 is %s", (value, text) => {
    expect(float32Text(Math.fround(value))).toBe(text);
  });
});

describe("numberOf", () => {
  it.each([
    ["1", 1],
    [" -2.5e3\n", -2500],
    ["1_000", 1000],
    [".5", 0.5],
    ["5.", 5],
    ["+Infinity", Infinity],
    ["-inf", -Infinity],
    ["NaN", Number.NaN],
    ["", undefined],
    ["0x10", undefined],
    ["1__0", undefined],
    ["1,5", undefined],
    ["e5", undefined],
    ["one", undefined],
  ])("%j is %s", (text, number) => {
    expect(numberOf(text)).toBe(number);
  });
});
