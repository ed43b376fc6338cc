// drum hub restore.

import { defineCommand } from "../config/command.js";
import { besideHubOptions } from "../options/monitoring.js";
import type { HubRestoreConfig } from "../runs/hub-restore.js";

const { input, newDirectory: dataDirectory } = besideHubOptions;

export const hubRestore = defineCommand({
  name: "hub restore",
  summary: "make the data directory of a hub from a backup",
  examples: ["hub restore --input hub.tar.gz --data-dir data"],
  options: { input, dataDirectory },
  configure: ({ input, dataDirectory }): HubRestoreConfig => ({ input, dataDirectory }),
  run: async (config) => (await import("../runs/hub-restore.js")).hubRestore(config),
});
