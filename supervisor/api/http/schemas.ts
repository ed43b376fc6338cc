// JSON schemas that several dialects share, for the OpenAPI document.

/** `{"message": …}`. */
export const message = {
  type: "object",
  properties: { message: { type: "string" } },
  required: ["message"],
} as const;

/** The description of each status. */
export const statusWords: Record<number, string> = {
  400: "A field or option of the request is missing or wrong",
  403: "Refused: the token is missing or wrong",
  404: "The route or the model does not exist",
  405: "The route does not support this method",
  409: "It failed; the old release keeps serving",
  413: "The body is larger than the limit",
  422: "The body cannot be used; the message says what was expected and what came",
  502: "The server behind this one does not respond",
  500: "The model failed, or its predictions do not fit the target type",
  503: "Not ready, too many requests waiting, or shutting down",
  504: "The prediction took longer than the limit",
  513: "The model could not be started (with --with-error-server)",
};

/** The error responses of a route, by status. */
export function errorAnswers(...statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: statusWords[status], ...message }]),
  );
}

/** The response of a status route. */
export const messageAnswer = { description: "OK", ...message };

/** Bytes. */
export const binary = { type: "string", format: "binary" } as const;

/** Any bytes, or none. */
export const anyBody = { content: { "*/*": { schema: binary } } } as const;

/** The response to a body that is not a JSON object, in DRUM's format; an error from the hook has `message` instead. */
export const jsonRefused = {
  description: "The body is not a JSON object, or the hook rejects it",
  type: "object",
  properties: { error: { type: "string" }, message: { type: "string" } },
} as const;
