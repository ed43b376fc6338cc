// drum compare.

import { usualSettings } from "../../serving/release/settings.js";
import { defineCommand } from "../config/command.js";
import { checkLazyLoading, logConfig, modelConfig } from "../config/parts.js";
import { prepared } from "../container/prepare.js";
import { comparedDirectories, input, modelOptions } from "../options/model.js";
import { logOptions, printOptions, requestTimeout, runtimeOptions } from "../options/running.js";
import { compareOptions } from "../options/testing.js";
import type { CompareConfig } from "../runs/compare.js";

export const compare = defineCommand({
  name: "compare",
  summary: "compare two models, or two runtimes of one model, on a file",
  examples: [
    "compare --code-dir model --code-dir model-v2 --input rows.csv --max-diff 1e-6",
    "compare --code-dir model --runtime python=python3.11 --runtime python=python3.13 --input rows.csv",
  ],
  options: {
    codeDirectories: comparedDirectories,
    input,
    ...modelOptions,
    ...runtimeOptions,
    requestTimeout,
    ...compareOptions,
    ...logOptions,
    printConfig: printOptions.printConfig,
  },
  configure(values, surroundings): CompareConfig {
    const { codeDirectories, startTimeout, requestTimeout = usualSettings.requestTimeout } = values;
    checkLazyLoading(values.lazyLoadingFile, codeDirectories);
    return {
      ...modelConfig({ ...values, runtimeTexts: undefined }, surroundings),
      ...logConfig(values),
      codeDirectories,
      runtimeTexts: values.runtimeTexts ?? [],
      input: values.input,
      json: values.json,
      maxDifference: values.maxDifference,
      workers: { ...usualSettings, startTimeout, requestTimeout },
    };
  },
  run: (config, call) =>
    prepared(config, call, async () => (await import("../runs/compare.js")).compare(config)),
});
