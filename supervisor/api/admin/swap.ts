// POST and GET /admin/swap: replaces the runtime or code directory of a served model. It runs code of the caller's choice, so
// it accepts only requests with a token.

import path from "node:path";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import type { SwapWishes } from "../../serving/deployment/swap/swap.js";
import type { Models } from "../../serving/models.js";
import { suggested } from "../../suggest.js";
import { errorAnswers } from "../http/schemas.js";
import type { ApiSettings } from "../http/settings.js";
import { swapAnswer, swapRequest, swapState } from "./schemas.js";
import { hasToken } from "./token.js";

export function adminRoutes(app: FastifyInstance, models: Models, settings: ApiSettings): void {
  const guard = async (request: FastifyRequest) => checkCaller(request, settings.tokens);

  const swap = {
    summary: "Replace the runtime or the code of a model while it serves",
    description:
      "Responds once the new release serves; after any failure, the old one keeps serving. Only with the token.",
    tags: ["admin"],
    body: { content: { "application/json": { schema: swapRequest } } },
    response: { 200: swapAnswer, ...errorAnswers(400, 403, 404, 409, 503) },
  };
  app.post("/admin/swap", { schema: swap, onRequest: guard }, async (request) => {
    const { model, ...wishes } = readSwap(request);
    return (model === undefined ? models.only : models.find(model)).swap(wishes);
  });

  const state = {
    summary: "The serving release of each model, and the step of a running swap",
    tags: ["admin"],
    response: { 200: swapState, ...errorAnswers(403) },
  };
  app.get("/admin/swap", { schema: state, onRequest: guard }, async () => ({
    swaps: models.all.map(({ name, release, swapping }) => ({
      model: name,
      release: release.number,
      step: swapping ?? null,
    })),
  }));
}

function checkCaller(request: FastifyRequest, tokens: readonly string[]): void {
  if (hasToken(request, tokens)) return;
  throw new DrumError(
    "ADMIN_REFUSED",
    "the token is missing or wrong; use drum swap as the user who started the server, or send the token of the variable DRUM_TOKEN as Authorization: Bearer TOKEN",
  );
}

/** Checks every field, since a misread request would swap something else. */
function readSwap(request: FastifyRequest): SwapWishes & { model: string | undefined } {
  const body = readObject(request);
  const known = ["model", "code_dir", "runtimes", "replay", "max_diff"];
  const unknown = Object.keys(body).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw wrong(
      `unknown field "${unknown}"; expected one of ${known.join(", ")}${suggested(unknown, known)}`,
    );
  const { model, code_dir: codeDirectory, runtimes, replay, max_diff: maxDifference } = body;
  if (model !== undefined && typeof model !== "string") throw wrong("model must be a string");
  if (codeDirectory !== undefined && (typeof codeDirectory !== "string" || !path.isAbsolute(codeDirectory))) {
    throw wrong("code_dir must be an absolute path");
  }
  if (runtimes !== undefined && !isTexts(runtimes))
    throw wrong("runtimes must be an object that maps languages to interpreters");
  if (replay !== undefined && !(Number.isInteger(replay) && (replay as number) > 0))
    throw wrong("replay must be a whole number above 0");
  if (maxDifference !== undefined && !(typeof maxDifference === "number" && maxDifference >= 0)) {
    throw wrong("max_diff must be a number of at least 0");
  }
  if (maxDifference !== undefined && replay === undefined)
    throw wrong("max_diff needs replay, the number of requests to compare");
  return {
    model,
    codeDirectory,
    runtimes,
    replay: replay as number | undefined,
    maxDifference,
  };
}

function readObject(request: FastifyRequest): Record<string, unknown> {
  // A page of another site can make a browser send plain text, but not JSON.
  if (!/^application\/json(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw wrong("the content type must be application/json");
  }
  try {
    const value: unknown = JSON.parse(String(request.body));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Rejected below.
  }
  throw wrong("the body must be a JSON object");
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((one) => typeof one === "string" && one !== "")
  );
}

function wrong(message: string): DrumError {
  return new DrumError("USAGE", `the swap request is not valid: ${message}`);
}
