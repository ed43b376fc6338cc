// A hub over HTTP: the API of DataRobot's clients, and the routes of the engine for every deployment under its id.

import type { FastifyInstance } from "fastify";
import type { Hub } from "../../hub/hub.js";
import { customModelRoutes } from "../custom-models/custom-models.js";
import { datasetRoutes } from "../custom-models/datasets.js";
import { environmentRoutes } from "../custom-models/environments.js";
import { packageRoutes } from "../custom-models/packages.js";
import { versionRoutes } from "../custom-models/versions.js";
import { batchRoutes } from "../datarobot/batch.js";
import { type DeploymentOptions, deploymentRoutes } from "../datarobot/deployments.js";
import { guard, hubStyleAt } from "../datarobot/dialect.js";
import { modelRoutes } from "../datarobot/models.js";
import { predictionRoutes } from "../datarobot/predictions.js";
import { replacementRoutes } from "../datarobot/replacement.js";
import { sharingRoutes } from "../datarobot/sharing.js";
import { tagRoutes } from "../datarobot/tags.js";
import { buildServer, type Extension, type Serving } from "../server.js";
import { importRoutes } from "./import.js";
import { limitRates, type RateLimits } from "./rate-limits.js";

export function buildHubServer(
  hub: Hub,
  serving: Serving & DeploymentOptions & RateLimits,
): Promise<FastifyInstance> {
  const { urlPrefix, maxBodySize } = serving.settings;
  const extension: Extension = {
    styleAt: (others) => hubStyleAt(urlPrefix, others),
    addRoutes(app) {
      guard(app, hub, urlPrefix);
      limitRates(app, urlPrefix, serving);
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
          environmentRoutes(scope, hub);
          customModelRoutes(scope, hub);
          versionRoutes(scope, hub);
          datasetRoutes(scope, hub);
          packageRoutes(scope, hub);
          sharingRoutes(scope, hub);
          importRoutes(scope, hub);
        },
        { prefix: "/api/v2" },
      );
    },
  };
  return buildServer(hub.models, { ...serving, extension });
}
