// Serves the OpenAPI document at /docs, generated from the routes' schemas, with the paths of the models served now.

import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

export interface Documentation {
  /** Precedes every path. */
  prefix: string;
  version: string;
  /** Names of the models under /models/NAME/; empty if one model is served at the root. */
  modelNames(): readonly string[];
}

type Operation = { requestBody?: { content: object; required?: boolean }; parameters?: { name: string }[] };
type Paths = Record<string, Record<string, Operation>>;

export async function addDocumentation(
  app: FastifyInstance,
  { prefix, version, modelNames }: Documentation,
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
  await app.register(fastifySwaggerUi, {
    routePrefix: `${prefix}/docs`,
    transformSpecification: (document) => ({
      ...document,
      paths: pathsOfModels((document.paths ?? {}) as Paths, modelNames()),
    }),
    transformSpecificationClone: true,
  });
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

function pathsOfModels(paths: Paths, names: readonly string[]): Paths {
  const entries = Object.entries(paths).flatMap(([path, operations]) => {
    if (!/\/{model}(\/|$)/.test(path)) return [[path, operations] as const];
    const ofOneModel = Object.entries(operations).map(([method, operation]) => {
      const { parameters = [], ...others } = operation;
      const rest = parameters.filter(({ name }) => name !== "model");
      return [method, rest.length > 0 ? { ...others, parameters: rest } : others];
    });
    return names.map(
      (name) => [path.replace("{model}", encodeURIComponent(name)), Object.fromEntries(ofOneModel)] as const,
    );
  });
  return Object.fromEntries(entries);
}
