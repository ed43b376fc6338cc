// Reads a JSON body as a map.

import type { FastifyRequest } from "fastify";
import type { JsonMap } from "../../../protocol/messages.js";
import { DrumError, messageOf } from "../../errors.js";
import { readContentType } from "../../formats/input/content-type.js";
import { isMap } from "../../formats/json.js";
import { checkHalves, jsonText } from "../../formats/json-text.js";

/** The most levels of arrays and maps. A message to a worker may nest 64 levels, a few of which are its own. */
const mostDepth = 60;

/** Throws JSON_INVALID, or INPUT_UNSUPPORTED for another content type. */
export function readJsonMap(request: FastifyRequest): JsonMap {
  const { mimetype } = readContentType(request.headers["content-type"]);
  if (mimetype !== null && !/^application\/(.+\+)?json$/i.test(mimetype)) {
    throw new DrumError("INPUT_UNSUPPORTED", `the content type is ${mimetype}; expected application/json`);
  }
  return parseJsonMap(request);
}

/** Throws JSON_INVALID. */
export function parseJsonMap({ body }: Pick<FastifyRequest, "body">): JsonMap {
  const text = jsonText((body as Buffer | undefined) ?? Buffer.alloc(0));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DrumError(
      "JSON_INVALID",
      `the body is not valid JSON: ${messageOf(error)}; send a JSON object`,
    );
  }
  checkHalves(text, value);
  if (!isMap(value))
    throw new DrumError("JSON_INVALID", "the body is JSON but not an object; send an object");
  if (depthOf(value) > mostDepth) {
    throw new DrumError(
      "JSON_INVALID",
      `the body nests more than ${mostDepth} levels deep; send a flatter one`,
    );
  }
  return value as JsonMap;
}

/** Stops counting beyond the limit, so that a body cannot exhaust the stack. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== "object" || value === null || depth > mostDepth) return depth;
  return Object.values(value).reduce(
    (most: number, one) => Math.max(most, depthOf(one, depth + 1)),
    depth + 1,
  );
}
