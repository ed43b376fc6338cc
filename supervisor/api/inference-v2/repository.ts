// /v2/repository: the models with their states, and the load and unload of those in --model-dir.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { DrumError, usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import type { Models } from "../../serving/models.js";
import type { Repository } from "../../serving/repository.js";
import { hasToken } from "../admin/token.js";
import type { ApiSettings } from "../http/settings.js";
import { toldName, versionOf } from "./metadata.js";
import { schemaOf } from "./schemas.js";

export interface RepositoryRoutes {
  models: Models;
  /** Undefined if the models of the server are fixed. */
  repository: Repository | undefined;
  settings: Pick<ApiSettings, "repositoryControl" | "tokens">;
}

interface Entry {
  name: string;
  version?: string;
  state: "READY" | "LOADING" | "UNLOADING" | "UNAVAILABLE";
  reason: string;
}

export function repositoryRoutes(
  scope: FastifyInstance,
  { models, repository, settings }: RepositoryRoutes,
): void {
  scope.post("/repository/index", { schema: schemaOf("index") }, async (request) => {
    const all = indexOf(models, repository);
    return wantsReadyAlone(request) ? all.filter(({ state }) => state === "READY") : all;
  });
  for (const action of ["load", "unload"] as const) {
    // What clients may say in the body, such as Triton's config, has no meaning here.
    scope.post(
      `/repository/models/:name/${action}`,
      { schema: schemaOf(action), onRequest: async (request) => checkCaller(request, settings) },
      async (request, reply) => {
        if (!repository)
          throw usage(`this server has no folder of models to ${action} from; start it with --model-dir`);
        await repository[action]((request.params as { name: string }).name);
        return reply.code(200).send();
      },
    );
  }
}

const states = { ready: "READY", loading: "LOADING", draining: "UNLOADING", failed: "UNAVAILABLE" } as const;

export function indexOf(models: Models, repository: Repository | undefined): Entry[] {
  const served = models.all.map((deployment) => ({
    name: toldName(deployment),
    version: versionOf(deployment),
    state: states[deployment.state],
    reason: deployment.release.reason?.message ?? "",
  }));
  const broken = models.allBroken.map(({ name, reason }) => unavailable(name, reason.message));
  const unloaded = (repository?.unloaded ?? []).map(({ name, state, reason = "" }) => ({
    ...unavailable(name, state === "loading" ? "" : reason || "not loaded"),
    ...(state === "loading" && { state: states.loading }),
  }));
  return [...served, ...broken, ...unloaded];
}

function unavailable(name: string, reason: string): Entry {
  return { name, state: "UNAVAILABLE", reason };
}

/** No body, as Triton's client sends it, asks for all. */
function wantsReadyAlone({ body }: FastifyRequest): boolean {
  const text = String(body ?? "").trim();
  if (text === "") return false;
  let asked: unknown;
  try {
    asked = JSON.parse(text);
  } catch {
    // Refused below.
  }
  if (isMap(asked) && ["boolean", "undefined"].includes(typeof asked.ready)) return asked.ready === true;
  throw new DrumError("JSON_INVALID", 'the body must be empty, {} or {"ready": true}');
}

/** Without a token, web pages are refused even on the loopback: a browser sends such requests for any site. */
function checkCaller(
  request: FastifyRequest,
  { repositoryControl, tokens }: RepositoryRoutes["settings"],
): void {
  const isOpen =
    repositoryControl === "anyone" ||
    (repositoryControl === "programs" && request.headers.origin === undefined);
  if (isOpen || hasToken(request, tokens)) return;
  throw new DrumError(
    "ADMIN_REFUSED",
    "models are loaded and unloaded from the server's own machine, and not by web pages; start the server with --repository-control to let everyone, or send its token as Authorization: Bearer TOKEN",
  );
}
