// The HTTP server: the routes of every dialect for the served models.

import type { FastifyInstance } from "fastify";
import type { DrumError } from "../errors.js";
import type { Log } from "../log.js";
import { version } from "../places.js";
import type { DeploymentConfig } from "../predictions/datarobot/rows.js";
import type { Models } from "../serving/models.js";
import { exampleRow } from "../serving/release/example.js";
import type { Repository } from "../serving/repository.js";
import { adminRoutes } from "./admin/swap.js";
import { acceptBodies } from "./bodies/bodies.js";
import { limitBodies } from "./bodies/budget.js";
import { errorRoutes } from "./drum/error.js";
import { drumError } from "./drum/errors.js";
import { predictRoutes } from "./drum/predict.js";
import { listModels, metricsRoute, modelsRoutes, statusRoutes } from "./drum/status.js";
import { transformRoutes } from "./drum/transform.js";
import { unstructuredRoutes } from "./drum/unstructured.js";
import { buildApplication } from "./http/application.js";
import { type StyleAt, statusOf } from "./http/errors.js";
import { refuseRoute } from "./http/methods.js";
import { addDocumentation, type DocumentedModel } from "./http/openapi.js";
import { type FindModel, modelInPath } from "./http/requests.js";
import type { ApiSettings } from "./http/settings.js";
import { limitSlowBodies } from "./http/slow-bodies.js";
import { v1Routes } from "./inference-v1/routes.js";
import { inferenceStyleAt } from "./inference-v2/errors.js";
import { brokenRoutes, inferenceRoutes } from "./inference-v2/routes.js";
import { chatRoutes, namedChatRoutes } from "./openai/chat.js";
import { directAccessRoutes } from "./openai/direct-access.js";

export interface Serving {
  settings: ApiSettings;
  log: Log;
  /** If set, predictions are returned row by row. */
  deploymentConfig?: DeploymentConfig | undefined;
  /** Where models can be loaded from and unloaded. */
  repository?: Repository | undefined;
  /** In place of the admin API. */
  extension?: Extension | undefined;
}

/** Routes beside those of the models, whose hooks count for these too. */
export interface Extension {
  styleAt(others: StyleAt): StyleAt;
  addRoutes(app: FastifyInstance): void;
}

/** Serves models, even while they load: one at the root, several under /models/NAME/. */
export async function buildServer(models: Models, serving: Serving): Promise<FastifyInstance> {
  const { settings, log, deploymentConfig, repository, extension } = serving;
  const documented = () => {
    const served = models.all.map(({ name, release }) => ({
      name: settings.namesModels ? name : undefined,
      example: exampleRow(release.route, release.model.metadata?.warmup),
    }));
    return [...served, ...models.allBroken.map(({ name }) => ({ name, example: undefined }))];
  };
  const routesInWords = () =>
    settings.namesModels && !extension
      ? `each model has its own, such as ${settings.urlPrefix}/models/NAME/predict/ with the name ${models.names.join(" or ")}; see /docs`
      : seeDocumentation();
  return build(serving, { documented, routesInWords }, (app) => {
    if (extension) extension.addRoutes(app);
    else adminRoutes(app, models, settings);
    v1Routes(app, models);
    metricsRoute(app, models);
    app.register(async (scope) => inferenceRoutes(scope, { models, repository, settings, log }), {
      prefix: "/v2",
    });
    const serveModel = (scope: FastifyInstance, find: FindModel, listed?: () => object) => {
      statusRoutes(scope, find);
      predictRoutes(scope, find, deploymentConfig);
      transformRoutes(scope, find);
      unstructuredRoutes(scope, find, settings.maxBodySize);
      chatRoutes(scope, find, { log, listed });
      directAccessRoutes(scope, settings);
    };
    if (!settings.namesModels) {
      return serveModel(
        app,
        () => models.only,
        () => listModels(models, () => `${settings.urlPrefix}/`),
      );
    }
    modelsRoutes(app, models, settings);
    namedChatRoutes(app, models, log);
    app.register(async (scope) => serveModel(scope, modelInPath(models)), { prefix: "/models/:model" });
  });
}

/** Serves the reason why the model could not be started; with `handOver`, in place of the model. */
export async function buildErrorServer(reason: () => DrumError, serving: Serving): Promise<FastifyInstance> {
  return build(serving, { documented: () => [], routesInWords: seeDocumentation }, (app) => {
    errorRoutes(app, reason);
    app.register(async (scope) => brokenRoutes(scope, reason), { prefix: "/v2" });
  });
}

interface Words {
  documented: () => readonly DocumentedModel[];
  routesInWords: () => string;
}

const seeDocumentation = () => "see /docs for the routes";

async function build(
  { settings, log, extension }: Serving,
  { documented, routesInWords }: Words,
  addRoutes: (app: FastifyInstance) => void,
): Promise<FastifyInstance> {
  const { maxBodySize, urlPrefix } = settings;
  const inferenceStyle = inferenceStyleAt(urlPrefix, { form: drumError, statusOf });
  const styleAt = extension?.styleAt(inferenceStyle) ?? inferenceStyle;
  const app = buildApplication({
    maxBodySize,
    log,
    form: drumError,
    styleAt,
    refuseRoute: refuseRoute(routesInWords, (url) => styleAt(url).form),
  });
  limitBodies(app, settings);
  limitSlowBodies(app);
  await acceptBodies(app, maxBodySize);
  addDocumentation(app, { prefix: urlPrefix, version: version(), models: documented });
  await app.register(async (scope) => addRoutes(scope), { prefix: urlPrefix });
  return app;
}
