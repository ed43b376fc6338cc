// Deployments: made, listed, told, changed, activated, deleted; their settings.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { importances, type Order, type Seen } from "../../hub/deployments/listing.js";
import { rightsOf, roles } from "../../hub/deployments/roles.js";
import { invalid, type Settings, wholeSettings } from "../../hub/deployments/settings.js";
import type { Owners } from "../../hub/deployments/sharing.js";
import type { Hub } from "../../hub/hub.js";
import { isId } from "../../hub/registry/ids.js";
import { begun, pageAmong, pageAnswer } from "./answers.js";
import { deploymentOf, userOf } from "./dialect.js";
import {
  fieldsOf,
  manyIn,
  oneIn,
  optionalOne,
  optionalText,
  pageOf,
  queryOf,
  textIn,
  textsOf,
} from "./fields.js";
import { capitalized, predictionServer, serverId } from "./models.js";

const orderNames = [
  "label",
  "serviceHealth",
  "modelHealth",
  "accuracyHealth",
  "recentPredictions",
  "lastPredictionTimestamp",
  "createdAtTimestamp",
  "importance",
] as const;
const healths = ["passing", "warning", "failing", "unknown"] as const;
/** By what a list can be asked: a filter that does not count would look as if it did. */
const listNames: readonly string[] = [
  ...["offset", "limit", "orderBy", "search", "role", "status", "importance", "createdBy", "isA2AAgent"],
  ...["serviceHealth", "modelHealth", "accuracyHealth", "executionEnvironmentType", "tagKeys", "tagValues"],
];
const environmentTypes = ["datarobot", "external"] as const;
const statuses = ["active", "inactive"] as const;
const mostLabel = 512;

export interface DeploymentOptions {
  /** Whether a deployment must name its prediction server. */
  requiresServer: boolean;
}

/** The id of the model that a new deployment gets, from the fields of its request. */
type ModelIdIn = (fields: Record<string, unknown>) => string | Promise<string>;

export function deploymentRoutes(
  app: FastifyInstance,
  hub: Hub,
  { requiresServer }: DeploymentOptions,
): void {
  const { deployments, running } = hub;
  const { records } = deployments;

  const createFrom = (modelIdIn: ModelIdIn) => async (request: FastifyRequest, reply: FastifyReply) => {
    const fields = fieldsOf(request);
    checkServer(fields, requiresServer);
    const { id, statusId } = await deployments.create(userOf(request), {
      modelId: await modelIdIn(fields),
      label: textIn(fields, "label", mostLabel),
      description: optionalText(fields, "description") ?? null,
      importance: optionalOne(fields, "importance", importances) ?? "LOW",
      status: optionalOne(fields, "status", statuses) ?? "active",
    });
    return begun(request, reply, statusId, { id });
  };
  const fromModel = createFrom((fields) => textIn(fields, "modelId"));
  app.post("/deployments/fromLearningModel/", fromModel);
  app.post("/deployments/fromLeaderboard/", fromModel);
  // Images, of older clients, are versions of custom models here.
  app.post(
    "/deployments/fromCustomModelImage/",
    createFrom((fields) => textIn(fields, "customModelImageId")),
  );
  app.post(
    "/deployments/fromModelPackage/",
    createFrom(async (fields) => {
      refuseOfPackages(fields);
      return (await hub.custom.packages.find(textIn(fields, "modelPackageId"))).modelId;
    }),
  );

  app.get("/deployments/", async (request) => {
    const query = queryOf(request);
    const unknown = Object.keys(query).find((name) => !listNames.includes(name));
    if (unknown !== undefined)
      throw invalid(unknown, `left out, or one of ${listNames.join(", ")}`, query[unknown]);
    const page = pageOf(query);
    const filters = {
      search: optionalText(query, "search") || undefined,
      role: optionalOne(query, "role", roles),
      status: optionalOne(query, "status", statuses),
      importance: manyIn(query, "importance", importances),
      serviceHealth: manyIn(query, "serviceHealth", healths),
      modelHealth: manyIn(query, "modelHealth", healths),
      accuracyHealth: manyIn(query, "accuracyHealth", [...healths, "unavailable"]),
      createdBy: optionalText(query, "createdBy"),
      tagKeys: someTexts(query.tagKeys),
      tagValues: someTexts(query.tagValues),
    };
    // All deployments are of models that run here, and no agent is among them.
    const elsewhere =
      manyIn(query, "executionEnvironmentType", environmentTypes)?.includes("datarobot") === false;
    if (elsewhere || /^true$/i.test(String(query.isA2AAgent))) return pageAnswer(request, page, 0, []);
    const { rows, total } = await records.list(userOf(request), filters, orderIn(query), page);
    return pageAnswer(request, page, total, await deploymentViews(rows, hub, request));
  });

  app.get("/deployments/:id/", async (request) => {
    const seen = await deploymentOf(hub, request, "CAN_VIEW", "see it");
    return (await deploymentViews([seen], hub, request))[0];
  });

  app.patch("/deployments/:id/", async (request, reply) => {
    const { id } = await deploymentOf(hub, request, "CAN_EDIT_LABEL", "change its label");
    const fields = fieldsOf(request);
    const description = optionalText(fields, "description");
    const importance = optionalOne(fields, "importance", importances);
    await records.change(userOf(request), id, {
      ...(fields.label !== undefined && { label: textIn(fields, "label", mostLabel) }),
      ...(description !== undefined && { description }),
      ...(importance !== undefined && { importance }),
    });
    return reply.code(204).send();
  });

  app.delete("/deployments/:id/", async (request, reply) => {
    const deployment = await deploymentOf(hub, request, "CAN_DELETE_DEPLOYMENT", "delete it");
    await deployments.delete(userOf(request), deployment);
    return reply.code(204).send();
  });

  app.patch("/deployments/:id/status/", async (request, reply) => {
    const deployment = await deploymentOf(hub, request, "CAN_CHANGE_STATUS", "activate or deactivate it");
    const wanted = oneIn(fieldsOf(request), "status", statuses);
    return begun(request, reply, await deployments.setStatus(userOf(request), deployment, wanted));
  });

  app.get("/deployments/:id/features/", async (request) => {
    const { id, model, status } = await deploymentOf(hub, request, "CAN_VIEW", "see its features");
    const columns = await (status === "active" ? running.columnsOf(id) : running.columnsOfModel(model));
    const features = (columns ?? []).map(({ name, type }) => ({
      name,
      featureType: featureType(type),
      importance: null,
      dateFormat: null,
      knownInAdvance: false,
    }));
    return pageAmong(request, pageOf(request.query), features);
  });

  settingsRoutes(app, hub);
}

function settingsRoutes(app: FastifyInstance, hub: Hub): void {
  const { records } = hub.deployments;

  app.get("/deployments/:id/settings/", async (request) => {
    const { settings } = await deploymentOf(hub, request, "CAN_VIEW", "see its settings");
    return wholeSettings(JSON.parse(settings) as Settings);
  });

  app.patch("/deployments/:id/settings/", async (request, reply) => {
    const { id } = await deploymentOf(hub, request, "CAN_CHANGE_SETTINGS", "change its settings");
    await records.changeSettings(userOf(request), id, fieldsOf(request));
    const work = { description: "Settings were changed", location: `deployments/${id}/` };
    return begun(request, reply, await hub.statuses.done(work));
  });

  const secondary = "/deployments/:id/model/secondaryDatasetConfiguration/";
  app.get(secondary, async (request) => {
    const { secondaryDatasetConfigId } = await deploymentOf(hub, request, "CAN_VIEW", "see its settings");
    return { secondaryDatasetConfigId };
  });
  app.patch(secondary, async (request, reply) => {
    const { id } = await deploymentOf(hub, request, "CAN_CHANGE_SETTINGS", "change its settings");
    const secondaryDatasetConfigId = textIn(fieldsOf(request), "secondaryDatasetConfigId");
    if (!isId(secondaryDatasetConfigId))
      throw invalid("secondaryDatasetConfigId", "24 hexadecimal digits", secondaryDatasetConfigId);
    await records.change(userOf(request), id, { secondaryDatasetConfigId });
    return reply.code(204).send();
  });
}

function someTexts(value: unknown): string[] | undefined {
  const texts = textsOf(value);
  return texts.length === 0 ? undefined : texts;
}

/** What a deployment of a package may have elsewhere. */
function refuseOfPackages(fields: Record<string, unknown>): void {
  for (const name of ["predictionEnvironmentId", "userProvidedId", "additionalMetadata"])
    if (fields[name] !== undefined && fields[name] !== null)
      throw invalid(name, "left out: this hub does not keep it", fields[name]);
}

function checkServer(
  { defaultPredictionServerId: given }: Record<string, unknown>,
  isRequired: boolean,
): void {
  if (given === undefined || given === null) {
    if (isRequired)
      throw invalid(
        "defaultPredictionServerId",
        "the id of a prediction server, which this hub requires",
        given,
      );
    return;
  }
  if (given !== serverId)
    throw new DrumError(
      "RESOURCE_UNKNOWN",
      `there is no prediction server ${given}; GET predictionServers/ lists the one of this hub`,
    );
}

function orderIn(query: Record<string, unknown>): Order {
  const { orderBy = "label" } = query;
  const isDescending = String(orderBy).startsWith("-");
  const by = oneIn({ orderBy: String(orderBy).replace(/^-/, "") }, "orderBy", orderNames);
  return { by, isDescending };
}

async function deploymentViews(rows: readonly Seen[], hub: Hub, request: FastifyRequest) {
  const owners = await hub.sharing.owners(rows.map(({ id }) => id));
  return rows.map((row) => deploymentView(row, { hub, request, owners: owners.get(row.id)! }));
}

interface Around {
  hub: Hub;
  request: FastifyRequest;
  owners: Owners;
}

function deploymentView(seen: Seen, { hub, request, owners }: Around) {
  const { id, label, description, importance, model, role, createdBy, creatorName, createdAt, settings } =
    seen;
  const { associationId } = wholeSettings(JSON.parse(settings) as Settings) as {
    associationId: { columnNames: unknown };
  };
  const health = (status: string, message: string) => ({ status, message, startDate: null, endDate: null });
  return {
    id,
    label,
    description,
    status: stateOf(seen, hub),
    importance,
    model: {
      id: model.id,
      type: model.type,
      targetName: model.targetName,
      targetType: capitalized(model.targetType),
      projectId: model.projectId,
      unsupervisedMode: model.targetName === null,
    },
    modelPackage: null,
    defaultPredictionServer: predictionServer(request),
    predictionUsage: { dailyRates: [0, 0, 0, 0, 0, 0, 0], lastTimestamp: null },
    permissions: rightsOf(role),
    serviceHealth: health("unknown", "No figures yet."),
    modelHealth: health("unknown", "No figures yet."),
    accuracyHealth:
      associationId.columnNames === null
        ? health("unavailable", "Accuracy needs an association ID.")
        : health("unknown", "No actuals yet."),
    owners: {
      count: owners.count,
      preview: owners.preview.map(({ id, name }) => ({ id, email: name })),
    },
    creator: { id: createdBy, email: creatorName },
    createdAt,
    tags: seen.tags,
  };
}

/** A deployment whose model failed says so, not that it is active. */
function stateOf({ id, status }: Seen, { running }: Hub): string {
  if (status !== "active") return status;
  try {
    const { state } = running.find(id);
    return state === "failed" ? "errored" : state === "loading" ? "launching" : status;
  } catch (error) {
    return (error as DrumError).code === "NOT_READY" ? "launching" : "errored";
  }
}

function featureType(type: string | null): string {
  if (type === null || /^(u?int|float)/.test(type)) return "Numeric";
  if (type === "date" || type === "timestamp") return "Date";
  return type === "bool" ? "Boolean" : "Categorical";
}
