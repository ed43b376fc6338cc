// Reads the probes of a container, which Kubernetes would run.

import { isMap } from "../../formats/json.js";
import type { Fields } from "./fields.js";
import type { Findings, Probe } from "./graph.js";

/** The paths at which Seldon's wrapper tells its health, and those that say only that it runs. */
const healthPaths = ["/health/status", "/api/v1.0/health/status"];
const livePaths = ["/health/ping", "/live", "/ready"];

const kinds = ["liveness", "readiness", "startup"] as const;

/** Those that are used; `findings` get the others, with the reason. */
export function probesOf(container: Fields | undefined, place: string, findings: Findings): Probe[] {
  return kinds.flatMap((kind) => {
    const found = container?.[`${kind}Probe`];
    if (found === undefined) return [];
    const asksHealth = isMap(found) ? asked(found) : undefined;
    if (!isMap(found) || asksHealth === undefined) {
      findings.skip(
        `${place}.${kind}Probe`,
        `only httpGet at ${[...healthPaths, ...livePaths].join(", ")} and tcpSocket are read`,
      );
      return [];
    }
    const times = (name: string, usual: number) => {
      const { [name]: given = usual } = found;
      if (typeof given === "number" && given >= 0) return given;
      findings.add(
        `${place}.${kind}Probe`,
        `${name} must be a number from 0 on, got ${JSON.stringify(given)}`,
      );
      return usual;
    };
    return [
      {
        kind,
        asksHealth,
        delay: times("initialDelaySeconds", 0) * 1000,
        period: Math.max(times("periodSeconds", 10), 1) * 1000,
        timeout: Math.max(times("timeoutSeconds", 1), 1) * 1000,
        failures: Math.max(times("failureThreshold", 3), 1),
      },
    ];
  });
}

/** Whether the health is asked; undefined for a probe of another kind. */
function asked({ httpGet, tcpSocket }: Fields): boolean | undefined {
  if (isMap(tcpSocket)) return false;
  const path = isMap(httpGet) ? String(httpGet.path ?? "") : undefined;
  if (path === undefined || livePaths.includes(path)) return path === undefined ? undefined : false;
  return healthPaths.includes(path) ? true : undefined;
}
