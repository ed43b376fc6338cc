// DRUM's error format: {"message": "ERROR: ..."}.

import type { ErrorForm } from "../http/errors.js";

/** If a hook sets the status, its message stays unchanged. For a body that is not JSON, DRUM has the key `error`. */
export const drumError: ErrorForm = ({ code, message, httpStatus }) => {
  if (httpStatus !== undefined) return { message };
  if (code === "JSON_INVALID") return { error: message };
  return {
    message: `ERROR: ${message}`,
    ...(code === "TYPE_SCHEMA_VIOLATED" && { is_schema_validation_error: true }),
  };
};
