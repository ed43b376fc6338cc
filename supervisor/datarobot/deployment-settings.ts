// What the deployment's own settings say of reports, asked once a minute.

import { messageOf } from "../errors.js";
import { request } from "./request.js";
import type { Service } from "./service.js";

export interface Tracked {
  /** Whether predictions are looked at, and features. */
  takesPredictions: boolean;
  takesFeatures: boolean;
  associationColumn: string | undefined;
  /** Under which name a chat's last message is filed. */
  promptColumn: string | undefined;
}

const askEvery = 60_000;

export class DeploymentSettings {
  /** Undefined as long as there was no answer. */
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
        `the settings of deployment ${this.deploymentId} could not be asked for: ${messageOf(error)}`,
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

/** What is not said counts as on, as a deployment has it from the start. */
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
