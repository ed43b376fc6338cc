// `drum hub replace`: asks a hub to replace the model of a deployment, and waits until that is done.

import { Api } from "../../datarobot/api.js";
import { request } from "../../datarobot/request.js";
import { serviceAt } from "../../datarobot/service.js";
import { DrumError } from "../../errors.js";
import type { Address } from "../options/option.js";
import { openProgress } from "../terminal/progress.js";

export interface HubReplaceConfig {
  address: Address;
  model: string;
  reason: string;
  /** How the new model is tried out; undefined for not at all. */
  trial: object | undefined;
  token: string;
  urlPrefix: string;
}

/** Milliseconds for one look at the status, which the hub holds for some seconds. */
const pollTimeout = 60_000;

/** Resolves with the exit code. Throws SERVICE_AWAY and SERVICE_REFUSED. */
export async function hubReplace(deployment: string, config: HubReplaceConfig): Promise<number> {
  const { address, model, reason, trial, token, urlPrefix } = config;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const service = serviceAt(`http://${host}:${address.port}${urlPrefix}`, token, "--address");
  const failure = "the model was not replaced";
  const progress = openProgress();
  const startedAt = performance.now();
  try {
    progress.show(trial ? "starting the new model, then its trial" : "starting the new model");
    const { statusId } = await new Api(service, new AbortController().signal).ask({
      method: "PATCH",
      path: `deployments/${encodeURIComponent(deployment)}/model/`,
      body: { modelId: model, reason, ...(trial && { trial }) },
      failure,
    });
    for (;;) {
      const answer = await request(service, {
        path: `status/${statusId}/`,
        redirect: "manual",
        signal: AbortSignal.timeout(pollTimeout),
      });
      if (answer.status === 303) break;
      const { status, message } = (await answer.json()) as { status?: string; message?: string };
      if (status !== "RUNNING") throw new DrumError("SERVICE_REFUSED", `${failure}: ${message}`);
    }
  } finally {
    progress.end();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${deployment} answers with the model ${model} after ${seconds} s\n`);
  return 0;
}
