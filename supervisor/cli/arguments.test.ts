import { expect, it } from "vitest";
import { optionsOf } from "../options.js";
import { expandArguments } from "./arguments.js";

const names = optionsOf("score").map(({ name }) => name);

it.each([
  ["-cd is short for --code-dir", ["-cd", "x"], ["--code-dir", "x"]],
  ["a unique beginning stands for the option", ["--inp", "x"], ["--input", "x"]],
  ["a unique beginning may carry its value", ["--inp=x"], ["--input=x"]],
  ["an exact name is taken although it begins another one", ["--class-labels", "a"], ["--class-labels", "a"]],
  ["-cd may carry its value", ["-cd=x"], ["--code-dir=x"]],
  ["an unknown option is left for the parser to refuse", ["--nonsense"], ["--nonsense"]],
  ["nothing after -- is touched", ["--", "--inp"], ["--", "--inp"]],
])("%s", (_title, words, expected) => {
  expect(expandArguments(words, names)).toEqual(expected);
});

it("a beginning of several options is refused with their names", () => {
  expect(() => expandArguments(["--class", "a"], names)).toThrow(
    "--class may mean --class-labels, --class-labels-file; write more of the one that is meant",
  );
});
