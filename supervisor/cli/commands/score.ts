// drum score.

import { usualSettings } from "../../serving/release/settings.js";
import { defineCommand } from "../config/command.js";
import { isFlag } from "../config/given.js";
import { monitoringConfig, oneModelConfig } from "../config/parts.js";
import { prepared } from "../container/prepare.js";
import { containerOptions } from "../options/container.js";
import { checkGpuPredictors, gpuOptions } from "../options/foreign.js";
import {
  codeDirectory,
  input,
  modelOptions,
  output,
  sparseColumnFile,
  unstructuredOptions,
} from "../options/model.js";
import { monitoringOptions } from "../options/monitoring.js";
import { logOptions, printOptions, requestTimeout, runtimeOptions, showPerf } from "../options/running.js";
import type { ScoreConfig } from "../runs/score.js";

export const score = defineCommand({
  name: "score",
  summary: "score a file with a model",
  examples: [
    "score --code-dir model --input rows.csv --target-type regression",
    "score --code-dir model --input rows.csv --target-type binary --positive-class-label yes --negative-class-label no --output predictions.parquet",
  ],
  options: {
    codeDirectory,
    input,
    output,
    ...modelOptions,
    sparseColumnFile,
    ...unstructuredOptions,
    ...runtimeOptions,
    requestTimeout,
    showPerf,
    ...monitoringOptions,
    ...containerOptions,
    ...logOptions,
    ...printOptions,
    ...gpuOptions,
  },
  configure(values, surroundings): ScoreConfig {
    checkGpuPredictors(values, isFlag(surroundings.given));
    const { startTimeout, requestTimeout = usualSettings.requestTimeout } = values;
    return {
      ...oneModelConfig(values, surroundings),
      assumesTargetType: true,
      input: values.input,
      output: values.output,
      sparseColumnFile: values.sparseColumnFile,
      contentType: values.contentType,
      query: values.query,
      showPerf: values.showPerf,
      monitoring: monitoringConfig(values),
      workers: { ...usualSettings, startTimeout, requestTimeout },
    };
  },
  run: (config, call) => prepared(config, call, async () => (await import("../runs/score.js")).score(config)),
});
