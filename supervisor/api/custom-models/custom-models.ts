// Custom models: made, listed, told, changed, deleted.

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { NewCustomModel, SeenCustomModel } from "../../hub/custom/custom-models.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Hub } from "../../hub/hub.js";
import { pageAnswer } from "../datarobot/answers.js";
import { userOf } from "../datarobot/dialect.js";
import { fieldsOf, oneIn, optionalOne, optionalText, pageOf, queryOf, textIn } from "../datarobot/fields.js";
import { isTrueIn, numberIn, textsIn } from "./fields.js";
import { itemPaths, sendArchive, versionView } from "./version-views.js";

type Json = Record<string, unknown>;

const targetTypes = [
  "Binary",
  "Regression",
  "Multiclass",
  "Multilabel",
  "Anomaly",
  "Unstructured",
  "TextGeneration",
  "AgenticWorkflow",
] as const;
const withoutTarget: readonly string[] = ["Anomaly", "Unstructured"];
const orderNames = ["created", "-created", "updated", "-updated"] as const;
export const egressPolicies = ["NONE", "PUBLIC"] as const;
const path = "/customModels";

export function customModelRoutes(app: FastifyInstance, { custom }: Hub): void {
  const { models, versions } = custom;
  const idIn = ({ params }: FastifyRequest) => (params as { id: string }).id;

  app.post(`${path}/`, async (request, reply) => {
    const made = await models.create(userOf(request), newModel(fieldsOf(request)));
    return reply.code(201).send(modelView(made));
  });

  app.get(`${path}/`, async (request) => {
    const query = queryOf(request);
    optionalOne(query, "customModelType", ["inference"]);
    const page = pageOf(query);
    const order = optionalOne(query, "orderBy", orderNames) ?? "created";
    const filter = {
      searchFor: optionalText(query, "searchFor"),
      isDeployed: isTrueIn(query, "isDeployed"),
      by: order.endsWith("created") ? ("createdAt" as const) : ("updatedAt" as const),
      isDescending: order.startsWith("-"),
    };
    const { rows, total } = await models.list(filter, page);
    return pageAnswer(request, page, total, rows.map(modelView));
  });

  app.get(`${path}/:id/`, async (request) => modelView(await models.find(idIn(request))));

  app.patch(`${path}/:id/`, async (request) => {
    const before = await models.find(idIn(request));
    const changed = await models.change(userOf(request), before.id, changesIn(fieldsOf(request), before));
    return modelView(changed);
  });

  app.delete(`${path}/:id/`, async (request, reply) => {
    await models.delete(userOf(request), idIn(request));
    return reply.code(204).send();
  });

  app.get(`${path}/:id/download/`, async (request, reply) => {
    const { id, latest } = await models.find(idIn(request));
    if (!latest) throw invalid("the custom model", "one with a version", id);
    return sendArchive(reply, versions.folderOf(latest), itemPaths(latest));
  });
}

/** Throws FIELD_INVALID. */
function newModel(fields: Json): NewCustomModel {
  oneIn(fields, "customModelType", ["inference"]);
  const targetType = oneIn(fields, "targetType", targetTypes);
  const targetName = optionalText(fields, "targetName", 512) || null;
  if (targetName === null && !withoutTarget.includes(targetType))
    throw invalid("targetName", `the name of what a ${targetType} model predicts`, fields.targetName);
  return {
    name: textIn(fields, "name", 255),
    description: optionalText(fields, "description") ?? "",
    language: optionalText(fields, "language", 255) ?? "",
    targetType,
    targetName,
    labels: JSON.stringify(labelsIn(fields, targetType, [])),
    settings: JSON.stringify(settingsIn(fields)),
  };
}

function changesIn(fields: Json, before: SeenCustomModel): Partial<NewCustomModel> {
  const [description, language] = [
    optionalText(fields, "description"),
    optionalText(fields, "language", 255),
  ];
  const targetName = optionalText(fields, "targetName", 512);
  const labels = labelsIn(fields, before.targetType, JSON.parse(before.labels) as string[]);
  const settings = { ...(JSON.parse(before.settings) as object), ...settingsIn(fields) };
  return {
    ...(fields.name !== undefined && { name: textIn(fields, "name", 255) }),
    ...(description !== undefined && { description }),
    ...(language !== undefined && { language }),
    ...(targetName && { targetName }),
    labels: JSON.stringify(labels),
    settings: JSON.stringify(settings),
  };
}

/** Those of the target type, where they are not given the ones that were there. Throws FIELD_INVALID. */
function labelsIn(fields: Json, targetType: string, before: readonly string[]): readonly string[] {
  if (targetType === "Binary") {
    const label = (name: string, usual: string | undefined) =>
      fields[name] === undefined && usual !== undefined ? usual : textIn(fields, name);
    const labels = [label("negativeClassLabel", before[0]), label("positiveClassLabel", before[1])];
    if (labels[0] === labels[1])
      throw invalid("positiveClassLabel", "other than negativeClassLabel", labels[1]);
    return labels;
  }
  if (targetType !== "Multiclass" && targetType !== "Multilabel") return [];
  const labels = textsIn(fields, "classLabels") ?? before;
  if (labels.length >= 2 && new Set(labels).size === labels.length) return labels;
  throw invalid("classLabels", "a list of at least two texts, each once", fields.classLabels);
}

/** What is kept and told; only the threshold counts here, for versions that are made from now on. Throws FIELD_INVALID. */
function settingsIn(fields: Json): object {
  const networkEgressPolicy = optionalOne(fields, "networkEgressPolicy", egressPolicies);
  const given = {
    predictionThreshold: numberIn(fields, "predictionThreshold", [0, 1]),
    maximumMemory: numberIn(fields, "maximumMemory", [1, Number.MAX_SAFE_INTEGER]),
    replicas: numberIn(fields, "replicas", [1, 1000]),
    networkEgressPolicy,
    isTrainingDataForVersionsPermanentlyEnabled: isTrueIn(
      fields,
      "isTrainingDataForVersionsPermanentlyEnabled",
    ),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function modelView(model: SeenCustomModel) {
  const { id, name, description, language, targetType, targetName, createdAt, updatedAt, latest } = model;
  const labels = JSON.parse(model.labels) as string[];
  const isBinary = targetType === "Binary";
  return {
    ...(JSON.parse(model.settings) as object),
    id,
    name,
    description,
    language,
    customModelType: "inference",
    targetType,
    targetName,
    supportsBinaryClassification: isBinary,
    supportsRegression: targetType === "Regression",
    negativeClassLabel: isBinary ? labels[0] : null,
    positiveClassLabel: isBinary ? labels[1] : null,
    classLabels: isBinary || labels.length === 0 ? null : labels,
    createdBy: model.creatorName,
    created: createdAt,
    updated: updatedAt,
    deploymentsCount: model.deploymentsCount,
    trainingDataAssignmentInProgress: false,
    trainingDatasetId: latest?.trainingDatasetId ?? null,
    latestVersion: latest ? versionView(latest) : null,
  };
}
