// DRUM's form of errors: {"message": "ERROR: ..."}.

import type { ErrorForm } from "../http/errors.js";

/** A hook that chose its own status chose the words, too; a body that is not JSON is the one refusal that DRUM words otherwise. */
export const drumError: ErrorForm = ({ code, message, httpStatus }) => {
  if (httpStatus !== undefined) return { message };
  if (code === "JSON_INVALID") return { error: message };
  return {
    message: `ERROR: ${message}`,
    ...(code === "TYPE_SCHEMA_VIOLATED" && { is_schema_validation_error: true }),
  };
};
