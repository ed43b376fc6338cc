// drum swap.

import { defineCommand } from "../config/command.js";
import { parsePrefix, parseRuntimes } from "../config/parse.js";
import { printOptions } from "../options/running.js";
import { swapOptions } from "../options/serving.js";
import type { SwapConfig } from "../runs/swap.js";

export const swap = defineCommand({
  name: "swap",
  summary: "replace the code or runtime of a served model without interruption",
  examples: [
    "swap --address localhost:8080 --code-dir model-v2",
    "swap --address localhost:8080 --runtime python=/opt/python3.13/bin/python --replay 50 --max-diff 1e-9",
  ],
  options: { ...swapOptions, ...printOptions },
  variables: ["URL_PREFIX", "DRUM_TOKEN"],
  configure(values, { variables, places }): SwapConfig {
    const { address, codeDirectory, model, replay, maxDifference, runtimeTexts } = values;
    return {
      address,
      codeDirectory,
      model,
      replay,
      maxDifference,
      runtimes: runtimeTexts && parseRuntimes(runtimeTexts),
      urlPrefix: parsePrefix(variables.URL_PREFIX),
      token: variables.DRUM_TOKEN || undefined,
      places,
    };
  },
  run: async (config) => (await import("../runs/swap.js")).swap(config),
});
