// Compares docs/drum-compatibility.md with our options: it lists every argument of DRUM, in its actual state.

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "./cli/commands/list.js";
import type { Option, OptionSet } from "./cli/options/option.js";

const page = readFileSync(path.resolve(import.meta.dirname, "../docs/drum-compatibility.md"), "utf8");

/** DRUM's arguments, with the DRUM commands that take them. */
const drumArguments: Record<string, string> = {
  "code-dir": "S F P V D N U",
  verbose: "S F P D N U",
  input: "S F P V",
  output: "S F",
  "target-type": "S F P V D",
  "positive-class-label": "S F P V D",
  "negative-class-label": "S F P V D",
  "class-labels": "S F P V D",
  "class-labels-file": "S F P V D",
  "logging-level": "S F D N U",
  docker: "S F P V D U",
  "skip-deps-install": "S F P V D U",
  memory: "S F P V D U",
  "show-perf": "S D",
  "show-stacktrace": "S F P V D N",
  language: "S P V D N",
  "sparse-column-file": "S F",
  target: "F",
  "target-csv": "F",
  "row-weights": "F",
  "row-weights-csv": "F",
  "skip-predict": "F",
  "num-rows": "F",
  "parameter-file": "F",
  "disable-strict-validation": "F U",
  "enable-fit-metadata": "F U",
  samples: "P",
  iterations: "P",
  timeout: "P",
  "in-server": "P",
  url: "P",
  address: "D",
  production: "P D",
  "max-workers": "P D",
  "with-error-server": "D",
  "deployment-config": "D",
  query: "S P V D",
  "content-type": "S P V D",
  monitor: "S D",
  "monitor-embedded": "S D",
  "deployment-id": "S D",
  "model-id": "S D",
  "monitor-settings": "S D",
  webserver: "S D",
  "api-token": "S D",
  "allow-dr-api-access": "S D",
  "gpu-predictor": "S D",
  sidecar: "S D",
  "triton-host": "S D",
  "triton-http-port": "S D",
  "triton-grpc-port": "S D",
  "runtime-params-file": "S P V D",
  "lazy-loading-file": "S V D",
  "user-secrets-mount-path": "S F D U",
  "user-secrets-prefix": "S F D U",
};

const letters: Readonly<Record<string, string>> = {
  S: "score",
  F: "fit",
  P: "perf-test",
  V: "validation",
  D: "server",
  N: "new model",
  U: "push",
};

const rows = [...page.matchAll(/^\| `--([a-z-]+)` +\| ([A-Z ]+?) +\| (same|differs|not available)\b/gm)].map(
  ([, name, commands, state]) => ({ name: name!, commands: commands!, state: state! }),
);

const optionsOf = (options: OptionSet): Option[] => Object.values(options);
const options = commands.flatMap((command) => optionsOf(command.options));
const everyCommand = new Set(commands.map(({ name }) => name));
const takers = (name: string) =>
  new Set(
    commands
      .filter((command) => optionsOf(command.options).some((one) => one.name === name))
      .map((command) => command.name),
  );
/** Options that exist only to be refused with a message of their own. */
const isRefused = (name: string) =>
  options.some((one) => one.name === name && one.group === "Known from DRUM, refused here");

describe("docs/drum-compatibility.md", () => {
  it("lists every argument of DRUM once, with its commands", () => {
    expect(rows.map(({ name, commands }) => [name, commands])).toEqual(Object.entries(drumArguments));
  });

  it.each(rows)("agrees with the options about --$name: $state", ({ name, commands, state }) => {
    const here = takers(name);
    expect(state === "not available").toBe(here.size === 0 || isRefused(name));
    if (state !== "same") return;
    const there = commands.split(" ").map((letter) => letters[letter]!);
    expect(there.filter((command) => everyCommand.has(command) && !here.has(command))).toEqual([]);
  });

  it("names the variable of every option that DRUM also has", () => {
    const named = new Set([...page.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name!));
    const variables = options
      .filter(({ name }) => Object.hasOwn(drumArguments, name))
      .flatMap(({ variable, otherVariable }) => [variable, otherVariable].filter((one) => one !== undefined));
    expect([...new Set(variables)].filter((name) => !named.has(name))).toEqual([]);
  });
});
