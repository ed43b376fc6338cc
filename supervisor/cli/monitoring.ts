// Opens what --monitor and --monitor-embedded ask for. Who does not ask loads none of it.

import type { Config } from "../config.js";
import type { Log } from "../log.js";
import { hide } from "../masking.js";
import type { ModelSpec } from "../model/model.js";
import type { Monitor } from "../monitoring/monitor.js";
import { monitorSettings } from "../monitoring/settings.js";
import { usage } from "../values.js";

/** Undefined where nothing is to be reported. Throws USAGE. */
export async function openMonitor(
  config: Config,
  models: readonly ModelSpec[],
  log: Log,
): Promise<Monitor | undefined> {
  const settings = monitorSettings(config, models[0]!.target.type);
  if (settings === undefined) return undefined;
  hide(config.monitoring.apiToken);
  if (config.namesModels)
    throw usage("reports are for the model of one deployment; serve each model with a drum of its own");
  const { Monitor } = await import("../monitoring/monitor.js");
  return new Monitor(settings, log);
}
