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
    ["consecutive failed starts end the restarts", times(5, diedStarting), 5, "give up"],
    [
      "a successful start in between resets the count",
      [...times(4, diedStarting), diedReady(5), diedStarting(6)],
      6,
      200,
    ],
  ])("%s", (_title, deaths, now, expected) => {
    expect(nextRestart(deaths, now)).toBe(expected);
  });
});
