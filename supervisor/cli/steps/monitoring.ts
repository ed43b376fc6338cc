// Opens what --monitor and --monitor-embedded ask for. Who does not ask loads none of it.

import { usage } from "../../errors.js";
import type { Log } from "../../log.js";
import { hide } from "../../masking.js";
import type { ModelSpec, ModelWishes } from "../../model/model.js";
import type { Monitor } from "../../serving/monitoring/monitor.js";
import { type MonitoringWishes, monitorSettings } from "../../serving/monitoring/settings.js";

export interface MonitoredConfig extends ModelWishes {
  monitoring: MonitoringWishes;
}

/** Undefined where nothing is to be reported. Throws USAGE. */
export async function openMonitor(
  { monitoring, places, isOneOfSeveral }: MonitoredConfig,
  models: readonly ModelSpec[],
  log: Log,
): Promise<Monitor | undefined> {
  const settings = monitorSettings(monitoring, models[0]!.target.type, places.dataDirectory);
  if (settings === undefined) return undefined;
  hide(monitoring.apiToken);
  if (isOneOfSeveral)
    throw usage("reports are for the model of one deployment; serve each model with a drum of its own");
  const { Monitor } = await import("../../serving/monitoring/monitor.js");
  return new Monitor(settings, log);
}
