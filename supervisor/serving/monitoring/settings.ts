// Checks --monitor and its related options, and finds where reports are spooled and which service gets them.

import path from "node:path";
import { type Service, serviceAt } from "../../datarobot/service.js";
import { usage } from "../../errors.js";

/** The values of --monitor and its related options, as given. */
export interface MonitoringWishes {
  monitor: boolean;
  embedded: boolean;
  deploymentId: string | undefined;
  modelId: string | undefined;
  settings: string | undefined;
  webserver: string | undefined;
  apiToken: string | undefined;
  allowApiAccess: boolean;
}

export interface MonitorSettings {
  deploymentId: string;
  modelId: string;
  /** Where reports are spooled until they are delivered. */
  directory: string;
  /** The size limit of the spool in bytes. */
  mostBytes: number;
  /** Undefined keeps reports in the spool until a drum with an address delivers them. */
  service: Service | undefined;
  /** Whether to request the deployment's own settings: the column of association ids, and what is tracked. */
  asksSettings: boolean;
}

const usualMostBytes = 2 ** 30;
const spoolers = ["filesystem", "api"];
const example = "--monitor-settings 'spooler_type=filesystem;directory=/var/spool/drum'";

/** Undefined if nothing is to be reported. Throws USAGE that names all missing options at once. */
export function monitorSettings(
  monitoring: MonitoringWishes,
  targetType: string,
  dataDirectory: string,
): MonitorSettings | undefined {
  const { monitor, embedded, deploymentId, modelId, settings } = monitoring;
  if (monitoring.allowApiAccess) requireAll("--allow-dr-api-access", serviceOptions(monitoring));
  if (monitor && embedded) throw usage("--monitor and --monitor-embedded were both given; keep one of them");
  if (!monitor && !embedded) return undefined;
  const isUnstructured = targetType === "unstructured";
  if (monitor && isUnstructured) {
    throw usage("--monitor does not support the target type unstructured; use --monitor-embedded");
  }
  if (embedded && !isUnstructured) {
    throw usage(`--monitor-embedded is for the target type unstructured, got ${targetType}; use --monitor`);
  }
  const ids = { "--model-id": modelId, "--deployment-id": deploymentId };
  if (monitor) requireAll("--monitor", { ...ids, "--monitor-settings": settings });
  else requireAll("--monitor-embedded", { ...ids, ...serviceOptions(monitoring) });
  return {
    deploymentId: deploymentId!,
    modelId: modelId!,
    ...spoolOf(settings ?? "", path.join(dataDirectory, "reports", safeName(deploymentId!))),
    service: serviceOf(monitoring),
    asksSettings: monitoring.allowApiAccess,
  };
}

function serviceOptions({ webserver, apiToken }: MonitoringWishes) {
  return { "--webserver": webserver, "--api-token": apiToken };
}

function requireAll(option: string, needed: Record<string, string | undefined>): void {
  const missing = Object.keys(needed).filter((name) => needed[name] === undefined);
  if (missing.length > 0)
    throw usage(`${option} needs ${missing.join(", ")}; give ${missing.length > 1 ? "them" : "it"} too`);
}

function serviceOf({ webserver, apiToken }: MonitoringWishes): Service | undefined {
  if (webserver === undefined || apiToken === undefined) return undefined;
  return serviceAt(webserver, apiToken, "--webserver");
}

/** `spooler_type=filesystem;directory=DIR;max_files=N;file_max_size=BYTES`, the format of DataRobot's agent libraries. */
function spoolOf(text: string, usualDirectory: string): Pick<MonitorSettings, "directory" | "mostBytes"> {
  const settings = new Map<string, string>();
  for (const one of text.split(";").filter((part) => part.trim() !== "")) {
    const [, name, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(one) ?? [];
    if (name === undefined)
      throw usage(`--monitor-settings has the part "${one}"; expected NAME=VALUE parts, as in ${example}`);
    settings.set(name.toLowerCase(), value!);
  }
  const spooler = settings.get("spooler_type") ?? "api";
  if (!spoolers.includes(spooler.toLowerCase())) {
    throw usage(
      `--monitor-settings names the spooler ${spooler}; expected ${spoolers.join(" or ")}, since drum delivers reports itself: ${example}`,
    );
  }
  const sizes = ["max_files", "file_max_size"].map((name) => sizeOf(name, settings.get(name)));
  const mostBytes = sizes.every((size) => size !== undefined) ? sizes[0]! * sizes[1]! : usualMostBytes;
  return { directory: path.resolve(settings.get("directory") || usualDirectory), mostBytes };
}

function sizeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw usage(`${name} of --monitor-settings must be a whole number above 0, got "${text}"`);
}

/** Makes an id safe as the name of a folder. */
function safeName(id: string): string {
  return id.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_");
}
