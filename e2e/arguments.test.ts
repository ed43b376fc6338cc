// The command line as DRUM's users write it: which value each form gives, according to --print-config, and what is refused.

import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { targetTypes } from "../supervisor/predictions/targets.js";
import { codeDirectory, drum, model } from "./drum.js";

const { folder, input } = model("python_constant");
const bare = codeDirectory({ "custom.py": "" });
const labels = path.join(codeDirectory({ "labels.txt": "a\n\nb\n" }), "labels.txt");
const scoring = ["score", "--code-dir", bare, "--input", input];
const serving = ["server", "--code-dir", bare, "--address", "localhost:1234"];

interface Setting {
  name: string;
  value: unknown;
  source: string | null;
}

async function settings(words: readonly string[], variables: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await drum([...words, "--print-config", "--json"], variables);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return new Map((JSON.parse(stdout) as Setting[]).map(({ name, value, source }) => [name, [value, source]]));
}

describe("a value is taken", () => {
  it.each<[string, string[], Record<string, string>, string, unknown, string | null]>([
    ["from --name value", [...scoring, "--language", "r"], {}, "language", "r", "flag"],
    ["from --name=value", [...scoring, "--language=r"], {}, "language", "r", "flag"],
    ["with an = in it", [...scoring, "--runtime=r=/a=b"], {}, "runtime", ["r=/a=b"], "flag"],
    ["from a unique beginning", [...scoring, "--targ", "binary"], {}, "target-type", "binary", "flag"],
    ["from a unique beginning and =", [...scoring, "--targ=binary"], {}, "target-type", "binary", "flag"],
    ["from -cd", ["score", "-cd", bare, "--input", input], {}, "code-dir", [bare], "flag"],
    ["from -cd=", ["score", `-cd=${bare}`, "--input", input], {}, "code-dir", [bare], "flag"],
    [
      "from the last of two",
      [...scoring, "--language", "r", "--language=julia"],
      {},
      "language",
      "julia",
      "flag",
    ],
    [
      "although it begins with a dash",
      [...scoring, "--class-labels", "-1", "0", "1"],
      {},
      "class-labels",
      ["-1", "0", "1"],
      "flag",
    ],
    [
      "from a variable",
      scoring,
      { TARGET_TYPE: "regression" },
      "target-type",
      "regression",
      "variable TARGET_TYPE",
    ],
    [
      "from the option rather than the variable",
      [...scoring, "--target-type=binary"],
      { TARGET_TYPE: "regression" },
      "target-type",
      "binary",
      "flag",
    ],
    ["from no empty variable", scoring, { TARGET_TYPE: "" }, "target-type", null, null],
    [
      "from a variable for what is required",
      ["server", "--code-dir", bare],
      { ADDRESS: ":80" },
      "address",
      ":80",
      "variable ADDRESS",
    ],
    [
      "from a variable split at white space",
      scoring,
      { CLASS_LABELS: " a  b c " },
      "class-labels",
      ["a", "b", "c"],
      "variable CLASS_LABELS",
    ],
    [
      "from the file's option rather than the list's variable",
      [...scoring, "--class-labels-file", labels],
      { CLASS_LABELS: "c d" },
      "class-labels",
      null,
      null,
    ],
    [
      "from the variable of a flag",
      serving,
      { WITH_ERROR_SERVER: "Yes" },
      "with-error-server",
      true,
      "variable WITH_ERROR_SERVER",
    ],
    [
      "from the variable of a flag that says no",
      serving,
      { WITH_ERROR_SERVER: "OFF" },
      "with-error-server",
      false,
      "variable WITH_ERROR_SERVER",
    ],
    ["by default", serving, {}, "max-workers", 1, "default"],
    ["from a flag that begins with no", [...serving, "--no-retry"], {}, "no-retry", true, "flag"],
    [
      "from model-metadata.yaml",
      ["score", "--code-dir", folder, "--input", input],
      {},
      "target-type",
      "regression",
      "model-metadata.yaml",
    ],
    [
      "from a variable without an option",
      scoring,
      { TARGET_NAME: "y" },
      "TARGET_NAME",
      "y",
      "variable TARGET_NAME",
    ],
    ["as a secret", serving, { DRUM_TOKEN: "geheim" }, "DRUM_TOKEN", "***", "variable DRUM_TOKEN"],
  ])("%s", async (_title, words, variables, name, value, source) => {
    expect((await settings(words, variables)).get(name)).toEqual([value, source]);
  });

  it.each(targetTypes)("for the target type %s", async (type) => {
    expect((await settings([...scoring, "--target-type", type])).get("target-type")).toEqual([type, "flag"]);
  });
});

describe("--print-config", () => {
  it("prints names, values and sources in columns, and does nothing else", async () => {
    const { exitCode, stdout } = await drum([...serving, "--print-config"], { DRUM_TOKEN: "geheim" });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^code-dir +\S+ +flag\n/);
    expect(stdout).toMatch(/\naddress +localhost:1234 +flag\n/);
    expect(stdout).toMatch(/\nlanguage +- +not given\n/);
    expect(stdout).not.toContain("geheim");
    expect(
      new Set(
        stdout
          .trim()
          .split("\n")
          .map((line) => line.search(/(flag|default|not given|variable \w+)$/)),
      ).size,
    ).toBe(1);
  });

  it("tells of several models what each of them says", async () => {
    const words = ["server", "--code-dir", folder, "--code-dir", bare, "--address", ":1", "--print-config"];
    expect((await drum(words)).stdout).toMatch(
      /\ntarget-type \(python_constant\) +regression +model-metadata.yaml\n/,
    );
  });

  it.each<[string, string[]]>([
    ["score", scoring],
    ["server", serving],
    ["compare", ["compare", "--code-dir", bare, "--code-dir", folder, "--input", input]],
    ["swap", ["swap", "--address", "localhost:1"]],
    ["new model", ["new", "model", "--code-dir", path.join(bare, "new"), "--language", "r"]],
    ["new env", ["new", "env", "--output", path.join(bare, "new"), "--language", "r"]],
  ])("is there for drum %s", async (_name, words) => {
    expect((await settings(words)).size).toBeGreaterThan(3);
  });

  it("finds the same faults as the command itself", async () => {
    const { exitCode, stderr } = await drum([...serving, "--max-workers", "0", "--print-config"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("above 0")]);
  });
});

describe("with exit code 2 is refused", () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ["an unknown command", ["scor"], {}, "unknown command 'scor'; did you mean score?"],
    ["an unknown command of a group", ["new", "modle"], {}, "unknown command 'modle'; did you mean model?"],
    [
      "two inputs",
      ["score", "--code-dir", ".", "--input", "a", "--input", "b"],
      {},
      "--input was given 2 times; give it once",
    ],
    ["an unknown option", [...scoring, "--nonsense"], {}, "unknown option '--nonsense'"],
    ["an option of another command", [...scoring, "--address", ":1"], {}, "unknown option '--address'"],
    ["a word too many", [...scoring, "more"], {}, "too many arguments"],
    [
      "a beginning of several options",
      [...scoring, "--class", "a"],
      {},
      "--class is ambiguous: it may mean --class-labels, --class-labels-file",
    ],
    ["an option without its value", [...scoring, "--language"], {}, "argument missing"],
    [
      "an option in the place of a value",
      ["score", "--code-dir", bare, "--input", "--output", "x"],
      {},
      "--input needs a value, got the option --output",
    ],
    [
      "a missing code directory",
      ["score", "--input", input],
      {},
      "--code-dir is required (or the variable CODE_DIR)",
    ],
    ["a missing input", ["score", "--code-dir", bare], {}, "--input is required"],
    [
      "a missing address",
      ["server", "--code-dir", bare],
      {},
      "--address is required (or the variable ADDRESS)",
    ],
    [
      "a path that is not there",
      ["score", "--code-dir", "/no", "--input", input],
      {},
      "found nothing at /no",
    ],
    [
      "a variable's path that is not there",
      ["score", "--input", input],
      { CODE_DIR: "/no" },
      "found nothing at /no",
    ],
    ["a file for a folder", ["score", "--code-dir", input, "--input", input], {}, "found a file"],
    ["a folder for a file", ["score", "--code-dir", bare, "--input", bare], {}, "found a folder"],
    ["the input as output", [...scoring, "--output", input], {}, "is the input, which it would overwrite"],
    ["an output in no folder", [...scoring, "--output", "/no/where.csv"], {}, "/no cannot be written to"],
    [
      "an output of a format that is not written",
      [...scoring, "--target-type", "regression", "--output", path.join(bare, "out.xlsx")],
      {},
      "out.xlsx names a format that is not written; choose one of .csv, .jsonl, .ndjson, .arrow, .feather, .parquet, or",
    ],
    ["an unknown target type", [...scoring, "--target-type", "guess"], {}, "--target-type must be one of"],
    ["a variable's unknown target type", scoring, { TARGET_TYPE: "guess" }, 'got "guess"'],
    [
      "a runtime of a language that the model does not use",
      [...scoring, "--target-type", "regression", "--runtime", "julia=/usr/bin/true"],
      {},
      "the model uses python, not julia; leave it out",
    ],
    [
      "class labels without a target type",
      [...scoring, "--class-labels", "a", "b"],
      {},
      "no target type was given",
    ],
    [
      "two target types",
      ["score", "--code-dir", folder, "--input", input],
      { TARGET_TYPE: "anomaly" },
      "disagrees",
    ],
    [
      "an unknown language",
      [...scoring, "--target-type=anomaly", "--language", "cobol"],
      {},
      "--language must be one of",
    ],
    ["an unknown level", [...scoring, "--logging-level", "loud"], {}, "--logging-level must be one of"],
    ["binary without labels", [...scoring, "--target-type", "binary"], {}, "needs both labels"],
    ["one of two labels", [...scoring, "--positive-class-label", "1"], {}, "without --negative-class-label"],
    [
      "the other of two labels",
      [...scoring, "--negative-class-label=1"],
      {},
      "without --positive-class-label",
    ],
    [
      "one of two labels by its variable",
      scoring,
      { POSITIVE_CLASS_LABEL: "1" },
      "without --negative-class-label",
    ],
    [
      "a label for both classes",
      [...scoring, "--target-type=binary", "--positive-class-label=1", "--negative-class-label=1"],
      {},
      "must differ",
    ],
    ["multiclass without labels", [...scoring, "--target-type", "multiclass"], {}, "needs labels"],
    ["multilabel without labels", [...scoring, "--target-type", "multilabel"], {}, "needs labels"],
    ["a single class label", [...scoring, "--class-labels", "a"], {}, "at least two labels, got 1"],
    ["a single class label by its variable", scoring, { CLASS_LABELS: "a" }, "at least two labels, got 1"],
    ["a label twice", [...scoring, "--class-labels", "a", "a"], {}, "twice"],
    [
      "both ways of giving labels",
      [...scoring, "--class-labels", "a", "b", "--class-labels-file", labels],
      {},
      "both given",
    ],
    ["both ways by variables", scoring, { CLASS_LABELS: "a b", CLASS_LABELS_FILE: labels }, "both given"],
    [
      "labels where there are none",
      [...scoring, "--target-type=regression", "--class-labels", "a", "b"],
      {},
      "leave it out",
    ],
    ["a query of rows", [...scoring, "--target-type=regression", "--query", "a=1"], {}, "--query is for"],
    [
      "a type of rows",
      [...scoring, "--target-type=regression", "--content-type", "x"],
      {},
      "--content-type is for",
    ],
    ["no workers", [...serving, "--max-workers", "0"], {}, 'above 0, got "0"'],
    ["fewer than no workers", [...serving, "--max-workers", "-1"], {}, 'above 0, got "-1"'],
    ["a word for a number", [...serving, "--max-workers=two"], {}, 'got "two"'],
    ["a variable's word for a number", serving, { MAX_WORKERS: "two" }, 'got "two"'],
    [
      "a flag's variable that is no boolean",
      serving,
      { PRODUCTION: "perhaps" },
      "PRODUCTION must be true or false",
    ],
    [
      "an address that is none",
      ["server", "--code-dir", bare, "--address", "a:b:c"],
      {},
      "--address must be",
    ],
    [
      "two ways to models",
      [...serving, "--model-dir", bare],
      {},
      "--code-dir and --model-dir were both given",
    ],
    [
      "one port for HTTP and gRPC",
      [...serving, "--address", "127.0.0.1:8081", "--grpc-address", "127.0.0.1:8081"],
      {},
      "give gRPC a port of its own",
    ],
    ["--max-diff alone", ["swap", "--address=:1", "--max-diff", "1"], {}, "--max-diff needs --replay"],
    ["a single side", ["compare", "--code-dir", bare, "--input", input], {}, "only one model to compare"],
    ["--json alone", [...scoring, "--json"], {}, "--json needs --print-config"],
    ["an unknown environment", ["environment", "check", "no"], {}, 'no environment "no"'],
    ["an option doctor does not know", ["doctor", "--yaml"], {}, "unknown option '--yaml'"],
  ])("%s", async (_title, words, variables, message) => {
    const { exitCode, stdout, stderr } = await drum(words, variables);
    expect([exitCode, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
  });
});

it.each<[string, string[], string]>([
  ["drum", [], "Usage: drum "],
  ["drum new", ["new"], "Usage: drum new "],
  ["drum environment", ["environment"], "Usage: drum environment "],
])("%s alone prints its help with exit code 1", async (_title, words, usage) => {
  const { exitCode, stdout, stderr } = await drum(words);
  expect([exitCode, stdout, stderr]).toEqual([1, expect.stringContaining(usage), ""]);
});

it.each([[["--help"]], [["score", "-h"]], [["new", "model", "--help"]], [["--version"]]])(
  "%j ends with exit code 0",
  async (words) => {
    const { exitCode, stderr } = await drum(words);
    expect([exitCode, stderr]).toEqual([0, ""]);
  },
);

it("an address that is taken ends the server with exit code 1", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as { port: number };
  const { exitCode, stderr } = await drum(["server", "--code-dir", folder, "--address", `:${port}`]);
  taken.close();
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("ADDRESS_UNUSABLE")]);
});

it.each<[string, string[], Record<string, string>]>([
  ["the flag", ["--show-stacktrace"], {}],
  ["the flag's beginning", ["--show-s"], {}],
  ["its variable", [], { SHOW_STACKTRACE: "1" }],
])("%s adds drum's own stack to an error", async (_title, words, variables) => {
  const unknown = [...scoring, "--class-labels", "a", "b"];
  const { stderr } = await drum([...unknown, ...words], variables);
  expect(stderr).toMatch(/USAGE: no target type[^\n]*\n.*\n? +at /);
  expect((await drum(unknown, { SHOW_STACKTRACE: "no" })).stderr).not.toMatch(/ at /);
});

describe("an option that drum calls otherwise", () => {
  it.each([
    [["server", "--port", "80"], "error: unknown option '--port'; did you mean --address?"],
    [["server", "--workers=3"], "error: unknown option '--workers=3'; did you mean --max-workers?"],
    [["score", "--code-dri", "x"], "error: unknown option '--code-dri'; did you mean --code-dir?"],
    [["score", "--nonsense"], "error: unknown option '--nonsense'\n"],
  ])("is named for %j", async (words, message) => {
    const { stderr, exitCode } = await drum(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
