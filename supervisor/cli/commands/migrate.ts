// drum migrate.

import { defineCommand } from "../config/command.js";
import { migrateOptions } from "../options/serving.js";
import type { MigrateConfig } from "../runs/migrate.js";

export const migrate = defineCommand({
  name: "migrate",
  summary: "print how a SeldonDeployment, or models of MLServer and Triton, are served here",
  examples: ["migrate deployment.yaml", "migrate models"],
  words: { placeholder: "<file>" },
  options: migrateOptions,
  configure: ({ components }, { places }): MigrateConfig => ({ components, places }),
  run: async (config, { words }) => (await import("../runs/migrate.js")).migrate(words[0]!, config),
});
