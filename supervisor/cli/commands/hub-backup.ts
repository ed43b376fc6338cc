// drum hub backup.

import { defineCommand } from "../config/command.js";
import { besideHubOptions } from "../options/monitoring.js";
import type { HubBackupConfig } from "../runs/hub-backup.js";

const { dataDirectory, output } = besideHubOptions;

export const hubBackup = defineCommand({
  name: "hub backup",
  summary: "write the store and the files of a hub, which may run meanwhile, into one file",
  examples: ["hub backup --data-dir data --output hub.tar.gz"],
  options: { dataDirectory, output },
  configure: ({ dataDirectory, output }): HubBackupConfig => ({ dataDirectory, output }),
  run: async (config) => (await import("../runs/hub-backup.js")).hubBackup(config),
});
