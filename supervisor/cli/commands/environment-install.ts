// drum environment install.

import { defineCommand } from "../config/command.js";

export const environmentInstall = defineCommand({
  name: "environment install",
  summary: "install environments by name; options after a name go to its installer",
  examples: ["environment install python3_sklearn", "environment install r_caret julia_mlj"],
  options: {},
  words: { placeholder: "<names...>", areEnvironments: true, takesOptions: true },
  configure: (_values, { places }) => places,
  run: async (places, { words }) =>
    (await import("../runs/environment.js")).environmentInstall(words, places),
});
