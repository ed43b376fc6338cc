// drum perf-test.

import { defineCommand } from "../config/command.js";
import type { GivenValues } from "../config/given.js";
import { oneModelConfig } from "../config/parts.js";
import { prepared } from "../container/prepare.js";
import { containerOptions } from "../options/container.js";
import { codeDirectory, input, modelOptions } from "../options/model.js";
import type { OptionSet } from "../options/option.js";
import {
  logOptions,
  maxWorkers,
  printOptions,
  production,
  requestTimeout,
  runtimeOptions,
} from "../options/running.js";
import { perfOptions, reportOptions } from "../options/testing.js";
import type { PerfTestConfig } from "../runs/perf-test.js";
import { server } from "./server.js";

const options = {
  codeDirectory,
  input,
  ...modelOptions,
  ...runtimeOptions,
  maxWorkers,
  requestTimeout,
  production,
  ...perfOptions,
  ...reportOptions,
  ...containerOptions,
  ...logOptions,
  printConfig: printOptions.printConfig,
};

export const perfTest = defineCommand({
  name: "perf-test",
  summary: "measure the response times and memory of a model's server",
  examples: [
    "perf-test --code-dir model --input rows.csv --target-type regression --report perf.json",
    "perf-test --code-dir model --input rows.csv --target-type regression --baseline perf.json",
  ],
  options,
  configure(values, surroundings): PerfTestConfig {
    const { samples, iterations, caseTimeout, inServer, baseline, maxRatio, json, report } = values;
    return {
      ...oneModelConfig(values, surroundings),
      input: values.input,
      maxWorkers: values.maxWorkers,
      samples,
      iterations,
      caseTimeout,
      inServer,
      baseline,
      maxRatio,
      json,
      report,
      server: {
        words: serverWords(surroundings.given, inServer),
        environment: serverEnvironment(surroundings.places.workerEnvironment),
      },
    };
  },
  run: (config, call) =>
    prepared(config, call, async () => (await import("../runs/perf-test.js")).perfTest(config)),
});

/** Options of the measured server: the flags of perf-test that `drum server` has too, except those of perf-test's own output. */
function serverWords(given: GivenValues, inServer: boolean): string[] {
  const own = new Set(Object.values(options as OptionSet).map(({ name }) => name));
  for (const name of ["json", "print-config"]) own.delete(name);
  const words = Object.values(server.options as OptionSet)
    .filter(({ name }) => own.has(name) && given.get(name)?.source === "flag")
    .flatMap(({ name }) => {
      const { value } = given.get(name)!;
      if (value === false) return [];
      return value === true ? [`--${name}`] : [value].flat().map((one) => `--${name}=${one}`);
    });
  return inServer ? [...words, "--show-perf"] : words;
}

/** Drops the variables of server options that perf-test lacks, so that they do not configure the measured server. */
function serverEnvironment(variables: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set(Object.values(options as OptionSet).map(({ variable }) => variable));
  const foreign = new Set(
    Object.values(server.options as OptionSet).flatMap(({ variable }) => (own.has(variable) ? [] : variable)),
  );
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !foreign.has(name)));
}
