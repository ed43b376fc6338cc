// Versions of custom models: made of uploaded files, listed, told, described, downloaded.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { isMap } from "../../formats/json.js";
import type { ParameterValue } from "../../hub/custom/parameters.js";
import { mostFiles, type NewVersion } from "../../hub/custom/versions.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Hub } from "../../hub/hub.js";
import { isParameterType, parameterTypes } from "../../model/parameters/value-types.js";
import { pageAmong } from "../datarobot/answers.js";
import { userOf } from "../datarobot/dialect.js";
import { fieldsOf, optionalOne, pageOf, textIn } from "../datarobot/fields.js";
import { egressPolicies } from "./custom-models.js";
import { countIn, type FileRule, type Form, fieldIn, flagIn, jsonIn, streamed, withForm } from "./forms.js";
import { itemPaths, sendArchive, versionView } from "./version-views.js";

const path = "/customModels/:id/versions";
const rule: FileRule = { most: mostFiles, field: /^file$/, expected: "in fields named file" };

export function versionRoutes(app: FastifyInstance, hub: Hub): void {
  const { models, versions, storage } = hub.custom;

  const make = (isFromPrevious: boolean) => async (request: FastifyRequest) => {
    const model = await models.find(paramsOf(request).id);
    versions.checkMayAdd(userOf(request), model);
    return withForm(request, { storage, rule }, async (form) => {
      const wish = await wishIn(hub, request, form, isFromPrevious);
      return versionView(await versions.create(userOf(request), model, wish, form.upload));
    });
  };
  app.post(`${path}/`, streamed, async (request, reply) => reply.code(201).send(await make(false)(request)));
  app.patch(`${path}/`, streamed, async (request, reply) => reply.code(201).send(await make(true)(request)));

  app.get(`${path}/`, async (request) => {
    const { id } = await models.find(paramsOf(request).id);
    const found = (await versions.list(id)).toReversed();
    return pageAmong(request, pageOf(request.query), found.map(versionView));
  });

  const versionOf = async (request: FastifyRequest) => {
    const { id, versionId } = paramsOf(request);
    return versions.find((await models.find(id)).id, versionId);
  };
  app.get(`${path}/:versionId/`, async (request) => versionView(await versionOf(request)));

  app.patch(`${path}/:versionId/`, async (request) => {
    const version = await versionOf(request);
    const { requiredMetadataValues, ...fields } = fieldsOf(request);
    refuseMetadataValues(requiredMetadataValues);
    if (fields.description !== undefined)
      await versions.describe(userOf(request), version, textIn(fields, "description", 10_000));
    return versionView(await versionOf(request));
  });

  app.get(`${path}/:versionId/download/`, async (request, reply) => {
    const version = await versionOf(request);
    return sendArchive(reply, versions.folderOf(version), itemPaths(version));
  });
}

function paramsOf({ params }: FastifyRequest) {
  return params as { id: string; versionId: string };
}

/** Throws FIELD_INVALID, and RESOURCE_UNKNOWN for ids of nothing. */
async function wishIn(
  hub: Hub,
  request: FastifyRequest,
  form: Form,
  isFromPrevious: boolean,
): Promise<NewVersion> {
  const { environments } = hub.custom;
  const paths = form.fields.get("filePath") ?? [];
  if (paths.length !== form.files.length)
    throw invalid("filePath", `sent once for each of the ${form.files.length} files`, paths.length);
  let baseEnvironmentId = fieldIn(form, "baseEnvironmentId");
  const baseEnvironmentVersionId = fieldIn(form, "baseEnvironmentVersionId");
  if (baseEnvironmentId !== undefined) await environments.find(userOf(request), baseEnvironmentId);
  if (baseEnvironmentVersionId !== undefined)
    baseEnvironmentId = await environments.environmentOf(
      userOf(request),
      baseEnvironmentVersionId,
      baseEnvironmentId,
    );
  if (form.fields.has("runtimeParameters"))
    throw invalid(
      "runtimeParameters",
      "left out: parameters are defined in model-metadata.yaml",
      "definitions",
    );
  refuseMetadataValues(jsonIn(form, "requiredMetadataValues"));
  return {
    isMajor: flagIn(form, "isMajorUpdate") ?? true,
    isFromPrevious,
    files: form.files.map(({ taken }, at) => ({ path: paths[at]!, taken })),
    filesToDelete: form.fields.get("filesToDelete") ?? [],
    parameters: parametersIn(form),
    ...(await dataIn(hub, form)),
    baseEnvironmentId,
    baseEnvironmentVersionId,
  };
}

/** The training data, and what is kept and told and changes nothing here. */
async function dataIn(hub: Hub, form: Form): Promise<Pick<NewVersion, "trainingDatasetId" | "settings">> {
  const training = datasetIn(form, "trainingData");
  const holdoutData = jsonIn(form, "holdoutData");
  if (holdoutData !== undefined && !isMap(holdoutData))
    throw invalid("holdoutData", "an object", holdoutData);
  const holdout = holdoutData?.datasetId;
  for (const id of [training, holdout]) if (id !== undefined) await hub.custom.datasets.find(String(id));
  const isKept = flagIn(form, "keepTrainingHoldoutData") ?? true;
  const policy = fieldIn(form, "networkEgressPolicy");
  const given = {
    networkEgressPolicy: optionalOne({ networkEgressPolicy: policy }, "networkEgressPolicy", egressPolicies),
    maximumMemory: countIn(form, "maximumMemory"),
    replicas: countIn(form, "replicas"),
    holdoutData,
  };
  return {
    trainingDatasetId: training ?? (isKept ? undefined : null),
    settings: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

function datasetIn(form: Form, name: string): string | undefined {
  const value = jsonIn(form, name);
  if (value === undefined) return undefined;
  if (isMap(value) && typeof value.datasetId === "string") return value.datasetId;
  throw invalid(name, "an object with datasetId", value);
}

function parametersIn(form: Form): ParameterValue[] {
  const name = "runtimeParameterValues";
  const given = jsonIn(form, name) ?? [];
  if (!Array.isArray(given)) throw invalid(name, "a list of objects with fieldName, type and value", given);
  return given.map((one, at) => {
    const { fieldName, type, value = null } = isMap(one) ? one : {};
    if (typeof fieldName !== "string" || fieldName === "")
      throw invalid(`${name}[${at}]`, "an object with fieldName, type and value", one);
    if (!isParameterType(type))
      throw invalid(`${name}[${at}].type`, `one of ${parameterTypes.join(", ")}`, type);
    return { fieldName, type, value };
  });
}

/** Environments of a hub ask for none. */
function refuseMetadataValues(value: unknown): void {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return;
  throw invalid("requiredMetadataValues", "left out: no environment of this hub asks for any", value);
}
