// Opens the monitor of --monitor and --monitor-embedded. Its code is loaded only with these options.

import { usage } from "../../errors.js";
import type { Log } from "../../log.js";
import { hide } from "../../masking.js";
import type { ModelSpec, ModelWishes } from "../../model/model.js";
import type { Monitor } from "../../serving/monitoring/monitor.js";
import { type MonitoringWishes, monitorSettings } from "../../serving/monitoring/settings.js";

export interface MonitoredConfig extends ModelWishes {
  monitoring: MonitoringWishes | undefined;
}

/** Undefined if nothing is reported. Throws USAGE. */
export async function openMonitor(
  { monitoring, places, isOneOfSeveral }: MonitoredConfig,
  models: readonly ModelSpec[],
  log: Log,
): Promise<Monitor | undefined> {
  if (monitoring === undefined) return undefined;
  const settings = monitorSettings(monitoring, models[0]!.target.type, places.dataDirectory);
  if (settings === undefined) return undefined;
  hide(monitoring.apiToken);
  if (isOneOfSeveral) throw usage("monitoring works with one model only; run a separate drum for each model");
  const { Monitor } = await import("../../serving/monitoring/monitor.js");
  return new Monitor(settings, log);
}
