// Fetches what the deployment's settings say about reports, once a minute.

import { messageOf } from "../errors.js";
import { request } from "./request.js";
import type { Service } from "./service.js";

export interface Tracked {
  /** Whether the deployment uses predictions, and whether it uses features. */
  takesPredictions: boolean;
  takesFeatures: boolean;
  associationColumn: string | undefined;
  /** The name under which a chat's last message is reported. */
  promptColumn: string | undefined;
}

const askEvery = 60_000;

export class DeploymentSettings {
  /** Undefined until the first response. */
  current: Tracked | undefined;

  constructor(
    private readonly deploymentId: string,
    private readonly service: Service,
    private readonly tell: (level: "info", text: string) => void,
  ) {
    this.ask();
    setInterval(() => this.ask(), askEvery).unref();
  }

  private async ask(): Promise<void> {
    try {
      const [settings, deployment] = await Promise.all([this.get("settings/"), this.get("")]);
      this.current = readTracked(settings, deployment);
    } catch (error) {
      this.tell(
        "info",
        `the settings of deployment ${this.deploymentId} could not be fetched: ${messageOf(error)}`,
      );
    }
  }

  private async get(path: string): Promise<unknown> {
    const answer = await request(this.service, {
      path: `deployments/${encodeURIComponent(this.deploymentId)}/${path}`,
      signal: AbortSignal.timeout(askEvery),
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }
}

type Loose = { [key: string]: Loose | undefined } & {
  enabled?: unknown;
  columnNames?: unknown;
  prompt?: unknown;
};

/** Drift tracking counts as on unless the settings turn it off, as it is on in a new deployment. */
export function readTracked(settings: unknown, deployment: unknown): Tracked {
  const { targetDrift, featureDrift, predictionsDataCollection, associationId } = (settings ?? {}) as Loose;
  const collects = predictionsDataCollection?.enabled === true;
  const takesFeatures = collects || featureDrift?.enabled !== false;
  const names = associationId?.columnNames;
  const prompt = (deployment as Loose | null)?.model?.prompt;
  return {
    takesPredictions: takesFeatures || targetDrift?.enabled !== false,
    takesFeatures,
    associationColumn: Array.isArray(names) && typeof names[0] === "string" ? names[0] : undefined,
    promptColumn: typeof prompt === "string" ? prompt : undefined,
  };
}
