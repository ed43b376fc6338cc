import { describe, expect, it } from "vitest";
import { isLate, windowFor } from "./lateness.js";

describe("windowFor", () => {
  it.each([
    ["a worker of unknown speed gets one request at a time", 0, 1],
    ["one of 20 microseconds gets the maximum", 0.02, 64],
    ["one of half a millisecond gets two milliseconds of work", 0.5, 4],
    ["one of two milliseconds gets one ahead", 2, 2],
    ["one of six milliseconds gets one", 6, 1],
    ["a slow one gets one", 3000, 1],
  ])("%s", (_title, meanService, expected) => {
    expect(windowFor(meanService)).toBe(expected);
  });
});

describe("isLate", () => {
  it.each([
    ["a fast worker after two seconds", 2000, 0.02, true],
    ["a fast worker after half a second, which a pause of its runtime may take", 500, 0.02, false],
    ["one of unknown speed after two seconds", 2000, 0, true],
    ["one of a second after ten", 10_000, 1000, false],
    ["one of a second after twenty", 20_001, 1000, true],
  ])("%s", (_title, silence, meanService, expected) => {
    expect(isLate(silence, meanService)).toBe(expected);
  });
});
