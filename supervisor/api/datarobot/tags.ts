// Tags of deployments, and what a deployment can do.

import type { FastifyInstance } from "fastify";
import type { Hub } from "../../hub/hub.js";
import { deploymentOf, userOf } from "./dialect.js";
import { fieldsOf, textIn } from "./fields.js";

const mostText = 256;

export function tagRoutes(app: FastifyInstance, hub: Hub): void {
  const { tags } = hub;
  const change = "change its tags";
  const own = "/deployments/:id/tags/";

  app.post(own, async (request, reply) => {
    const { id } = await deploymentOf(hub, request, "CAN_EDIT_LABEL", change);
    return reply.code(201).send(await tags.add(userOf(request), id, tagIn(fieldsOf(request))));
  });
  app.patch(`${own}:tagId/`, async (request, reply) => {
    const { id } = await deploymentOf(hub, request, "CAN_EDIT_LABEL", change);
    const { tagId } = request.params as { tagId: string };
    await tags.change(userOf(request), id, { id: tagId, ...tagIn(fieldsOf(request)) });
    return reply.code(204).send();
  });
  app.delete(`${own}:tagId/`, async (request, reply) => {
    const { id } = await deploymentOf(hub, request, "CAN_EDIT_LABEL", change);
    await tags.remove(userOf(request), id, (request.params as { tagId: string }).tagId);
    return reply.code(204).send();
  });

  app.get("/deployments/:id/capabilities/", async (request) => {
    const { model } = await deploymentOf(hub, request, "CAN_VIEW", "see what it can do");
    const isStructured = !["unstructured", "textgeneration", "transform"].includes(model.targetType);
    return {
      data: [
        capability("supports_model_replacement", true),
        capability(
          "supports_batch_predictions",
          isStructured,
          "The model does not answer rows with numbers or labels.",
        ),
        capability("supports_prediction_explanations", false, "Explanations are not made here."),
        capability("supports_challenger_models", false, "Use drum hub replace --shadow."),
        capability("supports_automatic_retraining", false, "Models are not trained here."),
      ],
    };
  });
}

function capability(name: string, supported: boolean, reason = "") {
  return { name, supported, messages: supported ? [] : [reason] };
}

function tagIn(fields: Record<string, unknown>) {
  return { name: textIn(fields, "name", mostText), value: textIn(fields, "value", mostText) };
}
