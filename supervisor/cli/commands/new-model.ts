// drum new model.

import { defineCommand } from "../config/command.js";
import { logConfig, targetConfig } from "../config/parts.js";
import { targetOptions } from "../options/model.js";
import { logOptions, printOptions } from "../options/running.js";
import { newModelOptions } from "../options/scaffold.js";
import type { NewModelConfig } from "../runs/new-model.js";

export const newModel = defineCommand({
  name: "new model",
  summary: "create a code directory with working hooks that you replace with your own",
  examples: [
    "new model --language python --target-type regression --code-dir my_model",
    "new model --language r --target-type binary --positive-class-label yes --negative-class-label no --code-dir my_model",
  ],
  options: { ...newModelOptions, ...targetOptions, ...logOptions, ...printOptions },
  configure(values, { places, variables }): NewModelConfig {
    const { codeDirectory, name, language } = values;
    return {
      ...targetConfig(values, variables),
      ...logConfig(values),
      codeDirectory,
      name,
      language,
      packageDirectory: places.packageDirectory,
    };
  },
  run: async (config) => (await import("../runs/new-model.js")).newModel(config),
});
