// The HTTP server: every dialect's routes over the served models.

import type { FastifyInstance } from "fastify";
import type { DrumError } from "../errors.js";
import type { Log } from "../log.js";
import { version } from "../places.js";
import type { DeploymentConfig } from "../predictions/rows.js";
import type { Models } from "../serving/models.js";
import { adminRoutes } from "./admin/swap.js";
import { acceptBodies } from "./bodies/bodies.js";
import { limitBodies } from "./bodies/budget.js";
import { errorRoutes } from "./drum/error.js";
import { drumError } from "./drum/errors.js";
import { predictRoutes } from "./drum/predict.js";
import { modelsRoutes, statusRoutes } from "./drum/status.js";
import { transformRoutes } from "./drum/transform.js";
import { unstructuredRoutes } from "./drum/unstructured.js";
import { buildApplication } from "./http/application.js";
import { addDocumentation } from "./http/openapi.js";
import { type FindModel, modelInPath } from "./http/requests.js";
import type { ApiSettings } from "./http/settings.js";
import { limitSlowBodies } from "./http/slow-bodies.js";
import { chatRoutes } from "./openai/chat.js";
import { directAccessRoutes } from "./openai/direct-access.js";

export interface Serving {
  settings: ApiSettings;
  log: Log;
  /** Predictions are answered row by row. */
  deploymentConfig?: DeploymentConfig | undefined;
}

/** Serves models, also while they load: one at the root, several under /models/NAME/. */
export async function buildServer(models: Models, serving: Serving): Promise<FastifyInstance> {
  const { settings, log, deploymentConfig } = serving;
  const names = () =>
    settings.namesModels ? [...models.all, ...models.allBroken].map(({ name }) => name) : [];
  return build(serving, names, (app) => {
    adminRoutes(app, models, settings);
    const serveModel = (scope: FastifyInstance, find: FindModel) => {
      statusRoutes(scope, find, settings);
      predictRoutes(scope, find, deploymentConfig);
      transformRoutes(scope, find);
      unstructuredRoutes(scope, find, settings.maxBodySize);
      chatRoutes(scope, find, log);
      directAccessRoutes(scope, settings);
    };
    if (!settings.namesModels) return serveModel(app, () => models.only);
    modelsRoutes(app, models, settings);
    app.register(async (scope) => serveModel(scope, modelInPath(models)), { prefix: "/models/:model" });
  });
}

/** Serves the reason why there is no model. */
export async function buildErrorServer(reason: DrumError, serving: Serving): Promise<FastifyInstance> {
  return build(
    serving,
    () => [],
    (app) => errorRoutes(app, reason),
  );
}

async function build(
  { settings, log }: Serving,
  modelNames: () => readonly string[],
  addRoutes: (app: FastifyInstance) => void,
): Promise<FastifyInstance> {
  const { maxBodySize, urlPrefix } = settings;
  const app = buildApplication({ maxBodySize, log, form: drumError });
  limitBodies(app, settings);
  limitSlowBodies(app);
  await acceptBodies(app, maxBodySize);
  await addDocumentation(app, { prefix: urlPrefix, version: version(), modelNames });
  await app.register(async (scope) => addRoutes(scope), { prefix: urlPrefix });
  return app;
}
