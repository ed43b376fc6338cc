// Errors in the form of Seldon's wrapper.

import type { ErrorForm } from "../http/errors.js";

/** The wrapper always says 1 and -1; the HTTP status tells more. */
export function seldonStatus(info: string, reason = "MICROSERVICE_INTERNAL_ERROR") {
  return { status: { code: -1, info, reason, status: 1 } };
}

export const seldonError: ErrorForm = ({ message }) => seldonStatus(message);
