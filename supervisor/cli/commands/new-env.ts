// drum new env.

import { defineCommand } from "../config/command.js";
import { printOptions } from "../options/running.js";
import { newEnvironmentOptions } from "../options/scaffold.js";
import type { NewEnvironmentConfig } from "../runs/new-env.js";

export const newEnvironment = defineCommand({
  name: "new env",
  summary: "create a folder that describes your own environment",
  examples: ["new env --language python --output my_env", "new env --from python3_xgboost --output my_env"],
  options: { ...newEnvironmentOptions, ...printOptions },
  configure({ language, from, output }, { places }): NewEnvironmentConfig {
    return { language, from, output, places };
  },
  run: async (config) => (await import("../runs/new-env.js")).newEnvironment(config),
});
