// drum migrate.

import { defineCommand } from "../config/command.js";
import { migrateOptions } from "../options/serving.js";
import type { MigrateConfig } from "../runs/migrate.js";

export const migrate = defineCommand({
  name: "migrate",
  summary: "print how a SeldonDeployment is served here, and what is not taken",
  examples: ["migrate deployment.yaml"],
  words: { placeholder: "<file>" },
  options: migrateOptions,
  configure: ({ components }): MigrateConfig => ({ components }),
  run: async (config, { words }) => (await import("../runs/migrate.js")).migrate(words[0]!, config),
});
