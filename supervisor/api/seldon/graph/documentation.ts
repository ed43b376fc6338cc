// The OpenAPI document of a graph and its page, at /api/v1.0/doc/. The page is made when it is first asked for.

import fastify, { type FastifyInstance } from "fastify";
import { version } from "../../../places.js";
import { answer, ref, schemas } from "../openapi.js";

const base = "/api/v1.0";

/** `name` is that of the deployment. */
export function addDocumentation(app: FastifyInstance, name: string): void {
  let pages: Promise<FastifyInstance> | undefined;
  for (const path of [`${base}/doc`, `${base}/doc/*`]) {
    app.get(path, async (request, reply) => {
      pages ??= buildPages(name);
      const { statusCode, headers, rawPayload } = await (await pages).inject({
        method: "GET",
        url: request.url,
        headers: request.headers,
      });
      if (statusCode === 404) return reply.callNotFound();
      return reply.code(statusCode).headers(headers).send(rawPayload);
    });
  }
}

async function buildPages(name: string): Promise<FastifyInstance> {
  const [{ default: fastifySwagger }, { default: fastifySwaggerUi }] = await Promise.all([
    import("@fastify/swagger"),
    import("@fastify/swagger-ui"),
  ]);
  const pages = fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } });
  const document = documentOf(name);
  await pages.register(fastifySwagger, { mode: "static", specification: { document: document as never } });
  await pages.register(fastifySwaggerUi, { routePrefix: `${base}/doc` });
  pages.get(`${base}/doc/seldon.json`, async () => document);
  await pages.ready();
  return pages;
}

function documentOf(name: string): object {
  const responses = (gives: object) => ({
    200: answer("The answer.", gives),
    default: answer("An error, or what a node answered in place of a result.", ref("Error")),
  });
  const post = (summary: string, takes: string) => ({
    post: {
      summary,
      requestBody: { required: true, content: { "application/json": { schema: ref(takes) } } },
      responses: responses(ref("Message")),
    },
  });
  const get = (summary: string, gives: object, parameters: object[] = []) => ({
    get: { summary, parameters, responses: responses(gives) },
  });
  const node = [{ name: "node", in: "path", required: true, schema: { type: "string" } }];
  return {
    openapi: "3.0.3",
    info: { title: name, description: "An inference graph, served over REST.", version: version() },
    paths: {
      [`${base}/predictions`]: post("Sends a message along the graph", "Message"),
      [`${base}/feedback`]: post("Tells the nodes how good an answer was", "Feedback"),
      [`${base}/metadata`]: get("What the graph and its nodes say of themselves", { type: "object" }),
      [`${base}/metadata/{node}`]: get("What a node says of itself", ref("Metadata"), node),
      [`${base}/status/{node}`]: get("What a node says of its health", ref("Message"), node),
      "/ready": {
        get: {
          summary: "Whether all nodes can answer",
          responses: { 200: { description: "They can." }, 503: { description: "They cannot." } },
        },
      },
    },
    components: { schemas },
  };
}
