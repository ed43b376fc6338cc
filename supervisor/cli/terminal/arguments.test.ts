import { expect, it } from "vitest";
import { score } from "../commands/score.js";
import type { Option } from "../options/option.js";
import { expandArguments } from "./arguments.js";

const options: Option[] = Object.values(score.options);
const known = options.map(({ name, kind }) => ({ name, takesValue: kind !== "flag" }));

it.each([
  ["-cd is short for --code-dir", ["-cd", "x"], ["--code-dir", "x"]],
  ["a unique prefix stands for the option", ["--inp", "x"], ["--input", "x"]],
  ["a unique prefix may carry its value", ["--inp=x"], ["--input=x"]],
  [
    "an exact name is taken although it is a prefix of another one",
    ["--class-labels", "a"],
    ["--class-labels", "a"],
  ],
  ["-cd may carry its value", ["-cd=x"], ["--code-dir=x"]],
  ["underscores stand for dashes", ["--target_type=binary"], ["--target-type=binary"]],
  ["an unknown option is left for the parser to refuse", ["--nonsense"], ["--nonsense"]],
  ["nothing after -- is touched", ["--", "--inp"], ["--", "--inp"]],
])("%s", (_title, words, expected) => {
  expect(expandArguments(words, known)).toEqual(expected);
});

it("an ambiguous prefix is rejected with the options that it may mean", () => {
  expect(() => expandArguments(["--class", "a"], known)).toThrow(
    "--class is ambiguous: it may mean --class-labels, --class-labels-file; write out the option",
  );
});

it("an option in place of a value is rejected", () => {
  expect(() => expandArguments(["--inp", "--outp", "x"], known)).toThrow(
    "--input needs a value, got the option --output; write the value after --input",
  );
  expect(expandArguments(["--verbose", "--input", "x"], known)).toEqual(["--verbose", "--input", "x"]);
});
