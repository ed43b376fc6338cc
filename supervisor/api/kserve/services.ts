// The services of an inference graph: folders that hold a wrapper class or a code directory, and addresses.

import { DrumError } from "../../errors.js";
import { find } from "../../formats/gjson/find.js";
import { items, members, validJson } from "../../formats/gjson/text.js";
import { replaceBareNumbers } from "../../formats/json.js";
import type { Log } from "../../log.js";
import type { Target } from "../../model/graph/inference-graph/document.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { askAddress, type Call } from "../../serving/graph/inference-graph/address.js";
import { RouteFailure, type StepAnswer } from "../../serving/graph/inference-graph/router.js";
import type { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import type { Models } from "../../serving/models.js";
import type { Departure } from "../../serving/worker/departure.js";
import { statusOf } from "../http/errors.js";
import { answerBody, objectIn } from "../inference-v1/answer.js";
import { Wrapper } from "../seldon/wrapper.js";

export interface ServiceSettings {
  metrics: CustomMetrics;
  log: Log;
  limits: Call["limits"];
}

/** What goes along with a request to every service. */
export interface Company {
  headers: Headers;
  departure: Departure;
}

export class Services {
  private readonly wrappers: ReadonlyMap<string, Wrapper>;

  constructor(
    private readonly models: Models,
    private readonly settings: ServiceSettings,
  ) {
    const { metrics, log } = settings;
    const metadata = { text: undefined, imageName: undefined, imageVersion: undefined };
    const wrapped = models.all.filter(({ release }) => release.model.component);
    this.wrappers = new Map(
      wrapped.map((deployment) => {
        const labels = { model_name: deployment.name };
        return [deployment.name, new Wrapper(deployment, { metadata, metrics, labels, log })];
      }),
    );
  }

  async ask({ kind, name }: Target, body: Buffer, { headers, departure }: Company): Promise<StepAnswer> {
    const { limits, log } = this.settings;
    if (kind === "url") return askAddress({ url: name, body, headers, departure, limits });
    try {
      return await this.askFolder(this.models.find(name), body, { headers, departure });
    } catch (error) {
      if (!(error instanceof DrumError) || error.code === "CLIENT_GONE") throw error;
      if (error.code === "DEADLINE_PASSED") throw new RouteFailure(error.message);
      const { code, message, traceback, httpStatus } = error;
      log.warn(`${code}: ${name}: ${message}${traceback ? `\n${traceback}` : ""}`);
      if (httpStatus !== undefined) return refusal(httpStatus, message);
      // KServe's servers tell a wrong request by 400.
      const status = statusOf(error) === 422 ? 400 : statusOf(error);
      return refusal(status, message.startsWith(name) ? message : `${name}: ${message}`);
    }
  }

  private async askFolder(deployment: Deployment, body: Buffer, company: Company): Promise<StepAnswer> {
    const { departure } = company;
    const wrapper = this.wrappers.get(deployment.name);
    const asker = { departure, headers: Object.fromEntries(company.headers) };
    if (!wrapper) return success((await answerBody(deployment, body, asker)).body);
    const json = objectIn(body, deployment.name);
    const instances = find(json, "instances");
    if (instances?.startsWith("[")) return askWithInstances(wrapper, instances, departure);
    if (instances === undefined && find(json, "inputs") === undefined) {
      const { status, message } = await wrapper.call("predict", json, departure);
      return { status, body: Buffer.from(message) };
    }
    throw new DrumError(
      "INPUT_UNSUPPORTED",
      `${deployment.name} takes {"instances": […]} or a message of Seldon; got ${json.slice(0, 80)}`,
    );
  }
}

function success(body: string | Uint8Array): StepAnswer {
  return { status: 200, body: Buffer.from(body as string) };
}

function refusal(status: number, message: string): StepAnswer {
  return { status, body: Buffer.from(JSON.stringify({ error: message })) };
}

/** Instances become an ndarray, and the array of the answer predictions. Both stay texts, so that numbers keep their type. */
async function askWithInstances(
  wrapper: Wrapper,
  instances: string,
  departure: Departure,
): Promise<StepAnswer> {
  const { status, message } = await wrapper.call("predict", messageWith(instances), departure);
  const json = validJson(replaceBareNumbers(message, () => "null")) ?? "{}";
  if (status !== 200) return refusal(status, informationIn(json) ?? message);
  const found = find(json, "data.ndarray") ?? find(json, "jsonData") ?? find(json, "strData");
  if (found === undefined)
    throw new DrumError(
      "HOOK_RESULT_INVALID",
      `the class must answer instances with an array, an object or a text, got ${message.slice(0, 80)}`,
    );
  return success(`{"predictions":${found.startsWith("[") ? found : `[${found}]`}}`);
}

/** Objects become rows under the names of all their keys. */
function messageWith(instances: string): string {
  const rows = [...items(instances)];
  if (rows.length === 0 || !rows.every((row) => row.startsWith("{")))
    return `{"data":{"ndarray":${instances}}}`;
  const maps = rows.map((row) => new Map(members(row)));
  const names = [...new Set(maps.flatMap((map) => [...map.keys()]))];
  const cells = maps.map((map) => `[${names.map((name) => map.get(name) ?? "null").join(",")}]`);
  return `{"data":{"names":${JSON.stringify(names)},"ndarray":[${cells.join(",")}]}}`;
}

function informationIn(json: string): string | undefined {
  const info = find(json, "status.info");
  return info?.startsWith('"') ? (JSON.parse(info) as string) : undefined;
}
