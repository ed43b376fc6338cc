// Model packages: models that were registered to be deployed.

import type { FastifyInstance } from "fastify";
import type { SeenPackage } from "../../hub/custom/packages.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Hub } from "../../hub/hub.js";
import { pageAmong } from "../datarobot/answers.js";
import { userOf } from "../datarobot/dialect.js";
import { fieldsOf, optionalText, pageOf, queryOf, textIn } from "../datarobot/fields.js";
import { capitalized } from "../datarobot/models.js";

const path = "/modelPackages";

/** From which a package is made, with the field that names the model. Images, of older clients, are versions here. */
const sources = {
  fromCustomModelVersion: "customModelVersionId",
  fromCustomModelImage: "customModelImageId",
  fromLeaderboard: "modelId",
} as const;

export function packageRoutes(app: FastifyInstance, { catalog, custom }: Hub): void {
  const { packages } = custom;

  for (const [route, field] of Object.entries(sources))
    app.post(`${path}/${route}/`, async (request, reply) => {
      const fields = fieldsOf(request);
      const model = await catalog.model(textIn(fields, field));
      for (const name of ["tags", "registeredModelTags"])
        if (fields[name] !== undefined && fields[name] !== null)
          throw invalid(name, "left out: packages have no tags here", fields[name]);
      const name = optionalText(fields, "name", 512) || optionalText(fields, "registeredModelName", 512);
      const made = await packages.create(userOf(request), {
        modelId: model.id,
        name: name || model.type,
        description: optionalText(fields, "description") ?? null,
        registeredModelId: optionalText(fields, "registeredModelId") || undefined,
      });
      return reply.code(201).send(packageView(made));
    });

  app.get(`${path}/`, async (request) => {
    userOf(request);
    const query = queryOf(request);
    const found = await packages.list(optionalText(query, "modelId"));
    return pageAmong(request, pageOf(query), found.map(packageView));
  });

  app.get(`${path}/:id/`, async (request) => {
    const { id } = request.params as { id: string };
    return packageView(await packages.find(id));
  });
}

function packageView(one: SeenPackage) {
  const { id, name, modelId, model, registeredModelId, registeredModelVersion, createdBy, creatorName } = one;
  const labels = JSON.parse(model.labels) as string[];
  return {
    id,
    name,
    modelId,
    registeredModelId,
    registeredModelVersion,
    modelExecutionType: "custom_inference_model",
    buildStatus: "complete",
    isArchived: false,
    isDeprecated: false,
    activeDeploymentCount: one.activeDeployments,
    importMeta: { creatorId: createdBy, creatorUsername: creatorName, dateCreated: one.createdAt },
    sourceMeta: { projectId: model.projectId },
    modelKind: {
      isTimeSeries: false,
      isMultiseries: false,
      isUnsupervisedLearning: model.targetName === null,
      isAnomalyDetectionModel: model.targetType === "anomaly",
      isFeatureDiscovery: false,
      isCombinedModel: false,
      isDecisionFlow: false,
      isUnstructured: model.targetType === "unstructured",
    },
    target: {
      name: model.targetName,
      type: capitalized(model.targetType),
      classNames: labels.length === 0 ? null : labels,
      classCount: labels.length === 0 ? null : labels.length,
    },
    modelDescription: { description: one.description, modelName: model.type },
    datasets: {},
    timeseries: {},
    permissions: ["CAN_VIEW"],
    updatedAt: one.createdAt,
  };
}
