import { expect, it } from "vitest";
import { optionsOf } from "../options.js";
import { expandArguments } from "./arguments.js";

it.each([
  ["-cd is short for --code-dir", ["-cd", "x"], ["--code-dir", "x"]],
  ["a unique beginning stands for the option", ["--inp", "x"], ["--input", "x"]],
  ["a unique beginning may carry its value", ["--inp=x"], ["--input=x"]],
  ["an exact name is taken although it begins another one", ["--class-labels", "a"], ["--class-labels", "a"]],
  ["an ambiguous beginning is left for the parser to refuse", ["--class", "a"], ["--class", "a"]],
  ["an unknown option is left for the parser to refuse", ["--nonsense"], ["--nonsense"]],
  ["nothing after -- is touched", ["--", "--inp"], ["--", "--inp"]],
])("%s", (_title, words, expected) => {
  expect(expandArguments(words, optionsOf("score"))).toEqual(expected);
});
