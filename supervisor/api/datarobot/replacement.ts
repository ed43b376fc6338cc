// The model of a deployment: whether another one can take its place, its replacement, and which models there were.

import type { FastifyInstance } from "fastify";
import { isMap } from "../../formats/json.js";
import type { Replacement } from "../../hub/deployments/deployments.js";
import { replacementReasons } from "../../hub/deployments/replacement.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Hub } from "../../hub/hub.js";
import type { ModelRow } from "../../hub/store/tables.js";
import { begun, pageAmong } from "./answers.js";
import { deploymentOf, userOf } from "./dialect.js";
import { fieldsOf, oneIn, pageOf, textIn } from "./fields.js";

/** A trial may take so many seconds at most. */
const mostPatience = 7 * 24 * 3600;
const usualRequests = 100;
const usualSeconds = 600;

export function replacementRoutes(app: FastifyInstance, hub: Hub): void {
  const { deployments } = hub;

  app.post("/deployments/:id/model/validation/", async (request) => {
    const deployment = await deploymentOf(hub, request, "CAN_VIEW", "validate a replacement");
    return deployments.validate(deployment, await modelIn(hub, fieldsOf(request)));
  });

  app.patch("/deployments/:id/model/", async (request, reply) => {
    const deployment = await deploymentOf(hub, request, "CAN_REPLACE_MODEL", "replace its model");
    const fields = fieldsOf(request);
    const reason = oneIn(fields, "reason", replacementReasons);
    const model = await modelIn(hub, fields);
    const wish = { model, reason, ...trialIn(fields) };
    const statusId = await deployments.replace(userOf(request), deployment, wish);
    return begun(request, reply, statusId);
  });

  app.get("/deployments/:id/modelHistory/", async (request) => {
    const { id } = await deploymentOf(hub, request, "CAN_VIEW", "see the history of its models");
    const history = (await deployments.records.history(id)).map((one) => ({
      model: { id: one.modelId, type: one.type, targetName: one.targetName, projectId: one.projectId },
      reason: one.reason,
      startDate: one.startAt,
      endDate: one.endAt,
    }));
    return pageAmong(request, pageOf(request.query), history);
  });
}

/** A field of ours, for drum hub replace: how the new model is tried out before it takes over. */
function trialIn({ trial }: Record<string, unknown>): Pick<Replacement, "trial" | "maxDifference"> {
  if (trial === undefined || trial === null) return {};
  if (!isMap(trial))
    throw invalid("trial", "an object with mode, share, requests, seconds, maxDifference", trial);
  const number = (name: string, [least, most]: readonly [number, number], usual?: number) => {
    const { [name]: value = usual } = trial;
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw invalid(`trial.${name}`, `a number from ${least} to ${most}`, value);
  };
  const { maxDifference } = trial;
  return {
    trial: {
      isShadow: oneIn(trial, "mode", ["canary", "shadow"]) === "shadow",
      share: number("share", [0.0001, 1]),
      requests: Math.ceil(number("requests", [1, 1e9], usualRequests)),
      patience: number("seconds", [0.001, mostPatience], usualSeconds) * 1000,
    },
    maxDifference: maxDifference === undefined ? undefined : number("maxDifference", [0, Number.MAX_VALUE]),
  };
}

/** The model of `modelId`, or of the package that `modelPackageId` names. Throws RESOURCE_UNKNOWN and FIELD_INVALID. */
async function modelIn({ catalog, custom }: Hub, fields: Record<string, unknown>): Promise<ModelRow> {
  if (fields.modelId !== undefined || !fields.modelPackageId) return catalog.model(textIn(fields, "modelId"));
  return catalog.model((await custom.packages.find(textIn(fields, "modelPackageId"))).modelId);
}
