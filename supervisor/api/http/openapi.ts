// Serves the OpenAPI document at /openapi.json and /docs, generated from the routes' schemas, with the paths and example rows of the
// models served now.

import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

export interface Documentation {
  /** Precedes every path. */
  prefix: string;
  version: string;
  models(): readonly DocumentedModel[];
}

export interface DocumentedModel {
  /** Under /models/NAME/; undefined for the one model at the root. */
  name: string | undefined;
  /** CSV that the model takes, if it is known. */
  example: string | undefined;
}

type Body = { content: Record<string, { schema: object }>; required?: boolean };
type Operation = { requestBody?: Body; parameters?: { name: string }[] };
type Operations = Record<string, Operation>;
type Paths = Record<string, Operations>;

export async function addDocumentation(
  app: FastifyInstance,
  { prefix, version, models }: Documentation,
): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.0.3",
      info: {
        title: "drumline",
        description: "Predictions of models, and the health of their workers.",
        version,
      },
      tags: [{ name: "predictions" }, { name: "chat" }, { name: "status" }, { name: "admin" }],
    },
    transformObject: (found) => ("openapiObject" in found ? withOptionalBodies(found.openapiObject) : {}),
  });
  const ofModels = <Document extends { paths?: object }>(document: Document): Document => ({
    ...document,
    paths: pathsOfModels((document.paths ?? {}) as Paths, models()),
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: `${prefix}/docs`,
    transformSpecification: ofModels,
    transformSpecificationClone: true,
  });
  app.get(`${prefix}/openapi.json`, { schema: { hide: true } }, async () => ofModels(app.swagger()));
}

/** The plugin marks every body as required. Where any bytes are accepted, an absent body is too. */
function withOptionalBodies<Document extends { paths?: object }>(document: Document): Document {
  for (const { requestBody } of Object.values({ ...document.paths } as Paths).flatMap((path) =>
    Object.values(path),
  )) {
    if (requestBody && "*/*" in requestBody.content) requestBody.required = false;
  }
  return document;
}

function pathsOfModels(paths: Paths, models: readonly DocumentedModel[]): Paths {
  const atRoot = models.find(({ name }) => name === undefined);
  const entries = Object.entries(paths).flatMap(([path, operations]): [string, Operations][] => {
    if (!/\/{model}(\/|$)/.test(path)) return [[path, withExample(operations, atRoot?.example)]];
    return models.map(({ name, example }) => [
      path.replace("{model}", encodeURIComponent(name ?? "")),
      withExample(withoutModel(operations), example),
    ]);
  });
  return Object.fromEntries(entries);
}

function withoutModel(operations: Operations): Operations {
  return mapValues(operations, ({ parameters = [], ...others }) => {
    const rest = parameters.filter(({ name }) => name !== "model");
    return rest.length > 0 ? { ...others, parameters: rest } : others;
  });
}

/** Puts the model's own columns in place of the general example of a CSV body. */
function withExample(operations: Operations, example: string | undefined): Operations {
  return mapValues(operations, (operation) => {
    const { requestBody } = operation;
    const csv = requestBody?.content["text/csv"];
    if (!requestBody || !csv || example === undefined) return operation;
    const content = { ...requestBody.content, "text/csv": { schema: { ...csv.schema, example } } };
    return { ...operation, requestBody: { ...requestBody, content } };
  });
}

function mapValues<From, To>(record: Record<string, From>, make: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));
}
