// The version, projects, models, the prediction server and statuses.

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Hub } from "../../hub/hub.js";
import type { ModelRow, ProjectRow } from "../../hub/store/tables.js";
import { addressOf, originOf, pageAmong } from "./answers.js";
import { userOf } from "./dialect.js";
import { pageOf, unknownId } from "./fields.js";

/** The version of the API: the client warns of an older one, and refuses a newer one. */
const apiVersion = { major: 2, minor: 49, versionString: "2.49.0", releasedVersion: "2.49.0" };

/** There is one: the hub itself. */
export const serverId = "d0d0d0d0d0d0d0d0d0d0d0d0";

export function predictionServer(request: FastifyRequest) {
  return { id: serverId, url: originOf(request), "datarobot-key": "" };
}

export function modelRoutes(app: FastifyInstance, { catalog, statuses }: Hub): void {
  app.get("/version/", async () => apiVersion);

  app.get("/projects/", async (request) => {
    userOf(request);
    return (await catalog.projects()).map(projectView);
  });
  app.get("/projects/:projectId/", async (request) => projectView(await catalog.project(idIn(request))));
  app.get("/projects/:projectId/models/", async (request) => {
    const { name } = request.query as { name?: string };
    const models = await catalog.models(idIn(request));
    return models.filter(({ type }) => name === undefined || type.includes(name)).map(modelView);
  });
  app.get("/projects/:projectId/modelRecords/", async (request) => {
    const records = (await catalog.models(idIn(request))).map((model) => ({
      ...modelView(model),
      modelNumber: model.position + 1,
      modelFamily: "CUSTOM",
      isTrainedIntoValidation: false,
      isTrainedIntoHoldout: false,
    }));
    return pageAmong(request, pageOf(request.query), records);
  });
  app.get("/projects/:projectId/models/:modelId/", async (request) => {
    const { projectId, modelId } = request.params as { projectId: string; modelId: string };
    const model = await catalog.model(modelId);
    if (model.projectId !== projectId) throw unknownId(`model in the project ${projectId}:`, modelId);
    return modelView(model);
  });

  app.get("/predictionServers/", async (request) => {
    userOf(request);
    return pageAmong(request, pageOf(request.query), [predictionServer(request)]);
  });

  app.get("/status/:statusId/", async (request, reply) => {
    const { statusId } = request.params as { statusId: string };
    const { status, message, description, location, createdAt } = await statuses.find(statusId);
    if (status === "COMPLETED")
      return reply.code(303).header("Location", addressOf(request, location)).send();
    return { status, statusId, code: 0, message, description, created: createdAt };
  });
}

function idIn({ params }: FastifyRequest): string {
  return (params as { projectId: string }).projectId;
}

function projectView({ id, name, target, targetType, createdAt }: ProjectRow) {
  return {
    id,
    projectName: name,
    fileName: name,
    stage: "modeling",
    autopilotMode: 2,
    created: createdAt,
    target,
    targetType: capitalized(targetType),
    holdoutUnlocked: false,
    unsupervisedMode: target === null,
  };
}

function modelView({ id, projectId, type, position }: ModelRow) {
  return {
    id,
    projectId,
    modelType: type,
    modelCategory: "model",
    modelNumber: position + 1,
    isFrozen: false,
    isStarred: false,
    // What a blueprint is for: one for each model.
    blueprintId: id,
    metrics: {},
    processes: [],
    samplePct: 100,
  };
}

const targetTypeNames: Readonly<Record<string, string>> = {
  textgeneration: "TextGeneration",
  vectordatabase: "VectorDatabase",
  agenticworkflow: "AgenticWorkflow",
  geopoint: "GeoPoint",
};

/** As DataRobot writes a target type. */
export function capitalized(targetType: string): string {
  return targetTypeNames[targetType] ?? targetType.charAt(0).toUpperCase() + targetType.slice(1);
}
