// The model of a deployment: whether another one can take its place, its replacement, and which models there were.

import type { FastifyInstance } from "fastify";
import { replacementReasons } from "../../hub/deployments/replacement.js";
import type { Hub } from "../../hub/hub.js";
import { begun, pageAmong } from "./answers.js";
import { deploymentOf, userOf } from "./dialect.js";
import { fieldsOf, oneIn, pageOf, textIn } from "./fields.js";

export function replacementRoutes(app: FastifyInstance, hub: Hub): void {
  const { deployments, catalog } = hub;

  app.post("/deployments/:id/model/validation/", async (request) => {
    const deployment = await deploymentOf(hub, request, "CAN_VIEW", "validate a replacement");
    return deployments.validate(deployment, await catalog.model(textIn(fieldsOf(request), "modelId")));
  });

  app.patch("/deployments/:id/model/", async (request, reply) => {
    const deployment = await deploymentOf(hub, request, "CAN_REPLACE_MODEL", "replace its model");
    const fields = fieldsOf(request);
    const reason = oneIn(fields, "reason", replacementReasons);
    const model = await catalog.model(textIn(fields, "modelId"));
    const statusId = await deployments.replace(userOf(request), deployment, { model, reason });
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
