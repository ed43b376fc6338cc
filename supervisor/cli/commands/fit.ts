// drum fit.

import { usualSettings } from "../../serving/release/settings.js";
import { defineCommand } from "../config/command.js";
import { oneModelConfig } from "../config/parts.js";
import { prepared } from "../container/prepare.js";
import { containerOptions } from "../options/container.js";
import { codeDirectory, modelOptions, sparseColumnFile } from "../options/model.js";
import { logOptions, printOptions, runtimeOptions } from "../options/running.js";
import { trainingOptions } from "../options/training.js";
import type { FitConfig } from "../runs/fit.js";

export const fit = defineCommand({
  name: "fit",
  summary: "train a model with its fit hook and try the result",
  examples: [
    "fit --code-dir model --input rows.csv --target price --target-type regression --output trained",
    "fit --code-dir model --input rows.csv --target-csv target.csv --target-type binary",
  ],
  options: {
    codeDirectory,
    ...trainingOptions,
    sparseColumnFile,
    ...modelOptions,
    ...runtimeOptions,
    ...containerOptions,
    ...logOptions,
    ...printOptions,
  },
  configure(values, surroundings): FitConfig {
    const { target, targetFile, weights, weightsFile, rows, startTimeout } = values;
    return {
      ...oneModelConfig(values, surroundings),
      input: values.input,
      output: values.output,
      sparseColumnFile: values.sparseColumnFile,
      target,
      targetFile,
      weights,
      weightsFile,
      rows,
      parameterFile: values.parameterFile,
      skipPredict: values.skipPredict,
      isStrict: !values.isLenient,
      writesMetadata: values.writesMetadata,
      workers: { ...usualSettings, startTimeout },
    };
  },
  run: (config, call) => prepared(config, call, async () => (await import("../runs/fit.js")).fit(config)),
});
