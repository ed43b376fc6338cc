// drum environment check.

import { defineCommand } from "../config/command.js";

export const environmentCheck = defineCommand({
  name: "environment check",
  summary: "check that installed environments work",
  examples: ["environment check python3_sklearn", "environment check r_caret julia_mlj"],
  options: {},
  words: { placeholder: "<names...>", areEnvironments: true },
  configure: (_values, { places }) => places,
  run: async (places, { words }) => (await import("../runs/environment.js")).environmentCheck(words, places),
});
