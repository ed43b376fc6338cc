// A hub over HTTP: the API of DataRobot's clients, and the routes of the engine for every deployment under its id.

import type { FastifyInstance } from "fastify";
import type { Hub } from "../../hub/hub.js";
import { buildServer, type Extension, type Serving } from "../server.js";
import { batchRoutes } from "./batch.js";
import { type DeploymentOptions, deploymentRoutes } from "./deployments.js";
import { guard, hubStyleAt } from "./dialect.js";
import { modelRoutes } from "./models.js";
import { predictionRoutes } from "./predictions.js";
import { replacementRoutes } from "./replacement.js";
import { tagRoutes } from "./tags.js";

export function buildHubServer(hub: Hub, serving: Serving & DeploymentOptions): Promise<FastifyInstance> {
  const { urlPrefix, maxBodySize } = serving.settings;
  const extension: Extension = {
    styleAt: (others) => hubStyleAt(urlPrefix, others),
    addRoutes(app) {
      guard(app, hub, urlPrefix);
      predictionRoutes(app, hub, maxBodySize);
      app.register(
        async (scope) => {
          scope.addHook("onRoute", (route) => {
            route.schema = { ...route.schema, hide: true };
          });
          modelRoutes(scope, hub);
          deploymentRoutes(scope, hub, serving);
          replacementRoutes(scope, hub);
          tagRoutes(scope, hub);
          batchRoutes(scope, hub);
        },
        { prefix: "/api/v2" },
      );
    },
  };
  return buildServer(hub.models, { ...serving, extension });
}
