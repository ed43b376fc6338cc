// drum validation.

import { usualSettings } from "../../serving/release/settings.js";
import { defineCommand } from "../config/command.js";
import { oneModelConfig } from "../config/parts.js";
import { prepared } from "../container/prepare.js";
import { containerOptions } from "../options/container.js";
import { codeDirectory, input, modelOptions, unstructuredOptions } from "../options/model.js";
import { logOptions, printOptions, requestTimeout, runtimeOptions } from "../options/running.js";
import { reportOptions } from "../options/testing.js";
import type { ValidationConfig } from "../runs/validation.js";

export const validation = defineCommand({
  name: "validation",
  summary: "check that a model predicts consistently and handles missing values",
  examples: [
    "validation --code-dir model --input rows.csv --target-type regression",
    "validation --code-dir model --input rows.csv --target-type regression --json --report report.json",
  ],
  options: {
    codeDirectory,
    input,
    ...modelOptions,
    ...unstructuredOptions,
    ...runtimeOptions,
    requestTimeout,
    ...reportOptions,
    ...containerOptions,
    ...logOptions,
    printConfig: printOptions.printConfig,
  },
  configure(values, surroundings): ValidationConfig {
    const { startTimeout, requestTimeout = usualSettings.requestTimeout } = values;
    return {
      ...oneModelConfig(values, surroundings),
      input: values.input,
      contentType: values.contentType,
      query: values.query,
      json: values.json,
      report: values.report,
      // A dead worker is a finding; a retry would only cost another start.
      workers: { ...usualSettings, startTimeout, requestTimeout, retry: false },
    };
  },
  run: (config, call) =>
    prepared(config, call, async () => (await import("../runs/validation.js")).validation(config)),
});
