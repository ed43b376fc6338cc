// Serves the OpenAPI document at /openapi.json and /docs, generated from the routes' schemas, with the paths and example rows of the
// models served now.

import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteOptions,
} from "fastify";

export interface Documentation {
  /** Precedes every path. */
  prefix: string;
  version: string;
  models(): readonly DocumentedModel[];
}

export interface DocumentedModel {
  /** Under /models/NAME/; undefined for the one model at the root. */
  name: string | undefined;
  /** A row that the model takes, if one is known. */
  example: ExampleRow | undefined;
}

export interface ExampleRow {
  csv: string;
  /** The same cells by column, as JSON has them; undefined where only a hook knows what else it reads. */
  record: Readonly<Record<string, unknown>> | undefined;
}

type Content = Record<string, { schema: object; examples?: Record<string, { value: unknown }> }>;
type Body = { content: Content; required?: boolean };
type Operation = { requestBody?: Body; parameters?: { name: string }[] };
type Operations = Record<string, Operation>;
type Paths = Record<string, Operations>;

/** Adds the routes of the documentation. The pages are made when the first one is asked for: most servers never need them. */
export function addDocumentation(app: FastifyInstance, documentation: Documentation): void {
  const documented: RouteOptions[] = [];
  app.addHook("onRoute", (route) => {
    if (route.method !== "HEAD" && !route.schema?.hide) documented.push(route);
  });
  let pages: Promise<FastifyInstance> | undefined;
  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    pages ??= buildPages(documented, documentation);
    const { statusCode, headers, rawPayload } = await (await pages).inject({
      method: "GET",
      url: request.url,
      headers: request.headers,
    });
    if (statusCode === 404) return reply.callNotFound();
    return reply.code(statusCode).headers(headers).send(rawPayload);
  };
  for (const path of ["docs", "docs/*", "openapi.json"])
    app.get(`${documentation.prefix}/${path}`, { schema: { hide: true } }, show);
}

/** An application of its own, which never listens, with the pages and the schemas of `documented`. */
async function buildPages(
  documented: readonly RouteOptions[],
  { prefix, version, models }: Documentation,
): Promise<FastifyInstance> {
  const [{ default: fastifySwagger }, { default: fastifySwaggerUi }] = await Promise.all([
    import("@fastify/swagger"),
    import("@fastify/swagger-ui"),
  ]);
  const pages = fastify({
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  });
  pages.setValidatorCompiler(() => () => true).setSerializerCompiler(() => JSON.stringify);
  await pages.register(fastifySwagger, {
    openapi: {
      openapi: "3.0.3",
      info: {
        title: "drumline",
        description: "Predictions of models, and the health of their workers.",
        version,
      },
      tags: [
        { name: "predictions" },
        { name: "inference" },
        { name: "chat" },
        { name: "status" },
        { name: "admin" },
      ],
    },
    transformObject: (found) => ("openapiObject" in found ? withOptionalBodies(found.openapiObject) : {}),
  });
  const ofModels = <Document extends { paths?: object }>(document: Document): Document => ({
    ...document,
    paths: pathsOfModels((document.paths ?? {}) as Paths, models()),
  });
  await pages.register(fastifySwaggerUi, {
    routePrefix: `${prefix}/docs`,
    transformSpecification: ofModels,
    transformSpecificationClone: true,
  });
  pages.get(`${prefix}/openapi.json`, { schema: { hide: true } }, async () => ofModels(pages.swagger()));
  for (const { method, url, schema = {} } of documented)
    pages.route({ method, url, schema, handler: () => {} });
  await pages.ready();
  return pages;
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

const anyRow: ExampleRow = { csv: "a,b\n1,2\n", record: { a: 1, b: 2 } };

/** Shows a row of the model's own columns in each text format of rows. */
function withExample(operations: Operations, { csv, record } = anyRow): Operations {
  return mapValues(operations, (operation) => {
    const { requestBody } = operation;
    if (!requestBody || !("text/csv" in requestBody.content)) return operation;
    const content = mapValues(requestBody.content, ({ schema }, type) => {
      if (type === "text/csv") return { schema: { ...schema, example: csv } };
      if (record === undefined) return { schema };
      if (type === "application/x-ndjson")
        return { schema: { ...schema, example: `${JSON.stringify(record)}\n` } };
      return type === "application/json" ? { schema, examples: formsOf(record) } : { schema };
    });
    return { ...operation, requestBody: { ...requestBody, content } };
  });
}

/** The row in the forms of JSON that are read, under their names. */
function formsOf(record: Readonly<Record<string, unknown>>): Record<string, { value: unknown }> {
  const split = { columns: Object.keys(record), data: [Object.values(record)] };
  const forms = {
    records: [record],
    split,
    dataframe_split: { dataframe_split: split },
    dataframe_records: { dataframe_records: [record] },
    instances: { instances: [record] },
    "lists by column": mapValues(record, (cell) => [cell]),
  };
  return mapValues(forms, (value) => ({ value }));
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  make: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value, key)]));
}
