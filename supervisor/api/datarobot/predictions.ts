// Predictions of a deployment in the form of DataRobot's prediction server.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Payload } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { cellsOf, textOf } from "../../formats/csv/records.js";
import { csvChunks } from "../../formats/csv/write.js";
import { recordsOf } from "../../formats/input/records.js";
import { inactive } from "../../hub/deployments/deployments.js";
import type { Served } from "../../hub/deployments/records.js";
import { requiredColumns } from "../../hub/deployments/settings.js";
import type { Hub } from "../../hub/hub.js";
import { deployedJson, deployedTable, type Wording } from "../../predictions/datarobot/deployed.js";
import { passedNames } from "../../predictions/datarobot/passthrough.js";
import { unstructuredAnswer, unstructuredInput } from "../../predictions/unstructured.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { rawBody, readInput } from "../bodies/bodies.js";
import { sendAnswer } from "../bodies/send.js";
import { departureOf, headersOf } from "../http/requests.js";
import { userOf } from "./dialect.js";
import { queryOf, textsOf } from "./fields.js";

/** DataRobot's default. */
const usualThreshold = 0.5;
const rowsPerChunk = 4096;

/** What needs a part of DataRobot that is not here, in words. */
const refusedQueries: Readonly<Record<string, string>> = {
  maxExplanations: "explanations are not made here",
  thresholdHigh: "explanations are not made here",
  thresholdLow: "explanations are not made here",
  explanationAlgorithm: "explanations are not made here",
  forecastPoint: "time series models are not served here",
  predictionsStartDate: "time series models are not served here",
};

export function predictionRoutes(app: FastifyInstance, hub: Hub, maxBodySize: number): void {
  const predict = async (request: FastifyRequest, reply: FastifyReply) => {
    const { deployment, served } = await servedBy(hub, request);
    const { targetName, settings, threshold } = served;
    refuseQueries(request);
    const { release } = deployment;
    if (release.model.target.type === "unstructured")
      throw new DrumError(
        "INPUT_UNSUPPORTED",
        `${served.label} has an unstructured model, which takes no rows; POST the body to …/predictionsUnstructured`,
      );
    const startedAt = performance.now();
    const { payload } = await readInput(request, release.readsAnything);
    const passthrough = passthroughOf(request, payload, settings);
    const checked = await deployment.predict(payload, departureOf(reply));
    const { labels, name } = release.model.target;
    const wording: Wording = {
      targetName: targetName ?? name ?? "target",
      labels,
      threshold: threshold ?? usualThreshold,
      passthrough,
    };
    reply
      .header("X-DataRobot-Execution-Time", (performance.now() - startedAt).toFixed(1))
      .header("X-DataRobot-Model-Cache-Hit", "true")
      .header("X-DataRobot-Request-ID", request.id);
    if (!/^text\/csv\b/.test(request.headers.accept ?? ""))
      return sendAnswer(request, reply, {
        contentType: "application/json",
        body: deployedJson(checked, wording),
      });
    const table = deployedTable(checked, wording);
    const body = Buffer.concat([...csvChunks({ predictions: table, extra: null }, rowsPerChunk)]);
    return sendAnswer(request, reply, { contentType: "text/csv; charset=utf-8", body });
  };

  const unstructured = async (request: FastifyRequest, reply: FastifyReply) => {
    const { deployment, served } = await servedBy(hub, request);
    const { type } = deployment.release.model.target;
    if (type !== "unstructured" && type !== "textgeneration")
      throw new DrumError(
        "INPUT_UNSUPPORTED",
        `${served.label} has a ${type} model, which takes rows; POST them to …/predictions`,
      );
    const body = await rawBody(request, maxBodySize);
    const input = unstructuredInput(body, request.headers["content-type"]);
    const query = Object.fromEntries(
      Object.entries(queryOf(request)).map(([name, value]) => [name, textsOf(value)]),
    );
    // The token is none of the model's business.
    const { authorization: _, ...headers } = headersOf(request);
    const result = await deployment.scoreUnstructured({ ...input, query, headers }, departureOf(reply));
    return sendAnswer(request, reply, unstructuredAnswer(result));
  };

  for (const base of ["/predApi/v1.0/deployments/:id", "/api/v2/deployments/:id"]) {
    app.post(`${base}/predictions`, predict);
    app.post(`${base}/predictionsUnstructured`, unstructured);
  }
}

/** Throws RESOURCE_UNKNOWN, RIGHT_MISSING, DEPLOYMENT_INACTIVE, and the reason of a model that failed. */
async function servedBy(
  hub: Hub,
  request: FastifyRequest,
): Promise<{ deployment: Deployment; served: Served }> {
  const { id } = request.params as { id: string };
  const served = await hub.deployments.records.served(userOf(request), id);
  if (served.status !== "active") throw inactive(served.label);
  return { deployment: hub.running.find(id), served };
}

function refuseQueries(request: FastifyRequest): void {
  const query = queryOf(request);
  const refused = Object.keys(query).find((name) => name in refusedQueries && query[name] !== "0");
  if (refused !== undefined)
    throw new DrumError(
      "FIELD_INVALID",
      `${refused} cannot be answered: ${refusedQueries[refused]}; leave it out`,
    );
}

/** The columns that the answer repeats. Throws INPUT_INVALID if one, or a required association id, is not in the rows. */
function passthroughOf(
  request: FastifyRequest,
  payload: Payload,
  settings: Served["settings"],
): Wording["passthrough"] {
  const { passthroughColumns, passthroughColumnsSet: set } = queryOf(request);
  if (set !== undefined && set !== "all")
    throw new DrumError("FIELD_INVALID", `passthroughColumnsSet must be all, got ${JSON.stringify(set)}`);
  const wanted = textsOf(passthroughColumns).flatMap((text) => text.split(","));
  const required = requiredColumns(settings);
  if (wanted.length === 0 && set === undefined && required.length === 0) return {};
  const records = recordsOf(payload, "rows");
  if (!records)
    throw new DrumError("INPUT_UNSUPPORTED", "a sparse matrix has no columns to pass through; send CSV");
  const { names, rows } = records;
  const passed = passedNames(names, { wanted, all: set === "all", required });
  const cells = rows.map(cellsOf);
  return Object.fromEntries(
    passed.map((name) => {
      const at = names.indexOf(name);
      return [name, cells.map((row) => (row[at] ? textOf(row[at]) : null))];
    }),
  );
}
