import { describe, expect, it } from "vitest";
import { type Death, nextRestart, restartPolicy } from "./restarts.js";

const diedReady = (at: number): Death => ({ at, wasReady: true });
const diedStarting = (at: number): Death => ({ at, wasReady: false });
const times = (count: number, make: (at: number) => Death) =>
  Array.from({ length: count }, (_, at) => make(at));

describe("nextRestart", () => {
  it.each([
    ["the first death is followed by an immediate restart", [diedReady(0)], 0, 0],
    [
      "as many deaths as the intensity allows are followed by an immediate restart",
      times(5, diedReady),
      5,
      0,
    ],
    ["one more waits for the first delay", times(6, diedReady), 6, 200],
    ["every further death doubles the delay", times(8, diedReady), 8, 800],
    ["the delay has a maximum", times(40, diedReady), 40, 10_000],
    ["deaths older than the period do not count", times(40, diedReady), restartPolicy.period + 50, 0],
    ["a first failed start is retried immediately", [diedReady(0), diedStarting(1)], 1, 0],
    ["a second failed start waits", [diedReady(0), diedStarting(1), diedStarting(2)], 2, 200],
    ["the last fast restart comes within seconds", times(7, diedStarting), 7, 6400],
    [
      "excused deaths do not count",
      times(40, diedReady).map((death) => ({ ...death, isExcused: true })),
      40,
      0,
    ],
    [
      "a successful start in between resets the count",
      [...times(4, diedStarting), diedReady(5), diedStarting(6)],
      6,
      200,
    ],
  ])("%s", (_title, deaths, now, expected) => {
    expect(nextRestart(deaths, now)).toEqual({ delay: expected, isSlow: false });
  });

  it.each([
    ["consecutive failed starts make restarts slow", 8, 30_000],
    ["every further failed start doubles the delay", 10, 120_000],
    ["the slowest restarts never end", 50, 300_000],
  ])("%s", (_title, failures, expected) => {
    expect(nextRestart(times(failures, diedStarting), 50)).toEqual({ delay: expected, isSlow: true });
  });
});
