// Errors in the form of the Open Inference Protocol, for its routes and those of KServe's V1.

import type { ErrorCode } from "../../errors.js";
import { type ErrorForm, type ErrorStyle, type StyleAt, statusOf } from "../http/errors.js";
import { normalPath } from "../http/methods.js";

export const inferenceError: ErrorForm = ({ message }) => ({ error: message });

/** Where the protocol has another status than our own dialect: a model that is not ready is 400, and so is input that it does not take. */
const statuses: Partial<Record<ErrorCode, number>> = {
  NOT_READY: 400,
  MODEL_NOT_LOADED: 400,
  INPUT_EMPTY: 400,
  INPUT_UNSUPPORTED: 400,
  INPUT_INVALID: 400,
  TYPE_SCHEMA_VIOLATED: 400,
  SWAP_FAILED: 400,
  // JSON that is not the protocol's.
  JSON_INVALID: 422,
};

const v2: ErrorStyle = {
  form: inferenceError,
  statusOf: (error) => error.httpStatus ?? statuses[error.code] ?? statusOf(error),
};

/** KServe's V1 has no 422. */
const v1: ErrorStyle = {
  form: inferenceError,
  statusOf: (error) => (v2.statusOf(error) === 422 ? 400 : v2.statusOf(error)),
};

/** `others` is the style of all other routes. */
export function inferenceStyleAt(prefix: string, others: ErrorStyle): StyleAt {
  return (url) => {
    const path = normalPath(url);
    if (!path.startsWith(prefix)) return others;
    const own = path.slice(prefix.length);
    if (/^\/v2(\/|$)/.test(own)) return v2;
    return own.startsWith("/v1/models/") ? v1 : others;
  };
}
