// The status of a failed call.

import { type ServiceError, status } from "@grpc/grpc-js";
import { DrumError, type ErrorCode } from "../../errors.js";

/** An error with a status of gRPC. */
export function refused(words: string, code: status): Error {
  return Object.assign(new Error(words), { code });
}

/** Any other error is the model's, and UNKNOWN. */
const codes: Partial<Record<ErrorCode, status>> = {
  MODEL_UNKNOWN: status.NOT_FOUND,
  TENSOR_INVALID: status.INVALID_ARGUMENT,
  INPUT_EMPTY: status.INVALID_ARGUMENT,
  INPUT_UNREADABLE: status.INVALID_ARGUMENT,
  INPUT_UNSUPPORTED: status.INVALID_ARGUMENT,
  INPUT_INVALID: status.INVALID_ARGUMENT,
  TYPE_SCHEMA_VIOLATED: status.INVALID_ARGUMENT,
  NOT_READY: status.UNAVAILABLE,
  DRAINING: status.UNAVAILABLE,
  WORKER_GAVE_UP: status.UNAVAILABLE,
  MODEL_NOT_LOADED: status.UNAVAILABLE,
  QUEUE_FULL: status.RESOURCE_EXHAUSTED,
  BODY_MEMORY_FULL: status.RESOURCE_EXHAUSTED,
  FRAME_TOO_LARGE: status.RESOURCE_EXHAUSTED,
  DEADLINE_PASSED: status.DEADLINE_EXCEEDED,
  CLIENT_GONE: status.CANCELLED,
  ADMIN_REFUSED: status.PERMISSION_DENIED,
  SWAP_RUNNING: status.ABORTED,
  SWAP_FAILED: status.FAILED_PRECONDITION,
  INTERNAL: status.INTERNAL,
};

/** Those that a hook chose with CustomHTTPError, as gRPC maps HTTP. */
const ofHttp: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  422: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

export function statusOfError(error: Error & { code?: string | number }): status {
  if (typeof error.code === "number") return error.code;
  if (!(error instanceof DrumError)) return status.UNKNOWN;
  return (error.httpStatus === undefined ? codes[error.code] : ofHttp[error.httpStatus]) ?? status.UNKNOWN;
}

export function asServiceError(error: Error): Partial<ServiceError> {
  return { code: statusOfError(error), details: error.message };
}
