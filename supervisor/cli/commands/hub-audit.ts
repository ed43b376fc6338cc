// drum hub audit.

import { usage } from "../../errors.js";
import { defineCommand } from "../config/command.js";
import { besideHubOptions } from "../options/monitoring.js";
import type { HubAuditConfig } from "../runs/hub-audit.js";

const { dataDirectory, since } = besideHubOptions;

export const hubAudit = defineCommand({
  name: "hub audit",
  summary: "print who changed what in a hub, and when, as lines of JSON, newest last",
  examples: ["hub audit --data-dir data", "hub audit --data-dir data --since 2026-12-01"],
  options: { dataDirectory, since },
  configure: ({ dataDirectory, since }): HubAuditConfig => ({
    dataDirectory,
    since: since === undefined ? undefined : timeIn(since),
  }),
  run: async (config) => (await import("../runs/hub-audit.js")).hubAudit(config),
});

/** As the store has it. A date is its first moment in UTC. Throws USAGE. */
function timeIn(text: string): string {
  const time = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time.getTime())) return time.toISOString();
  throw usage(`--since must be a time in ISO 8601, such as 2026-12-01 or 2026-12-01T09:30Z, got "${text}"`);
}
