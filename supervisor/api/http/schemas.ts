// JSON schemas that several dialects share, from which the OpenAPI document is made.

/** `{"message": …}`. */
export const message = {
  type: "object",
  properties: { message: { type: "string" } },
  required: ["message"],
} as const;

/** What each status means, in words. */
export const statusWords: Record<number, string> = {
  400: "A field or option of the request is missing or wrong",
  403: "Refused: the token is missing or wrong",
  404: "No such route, or no such model",
  405: "The route does not take this method",
  409: "It failed; what was served before goes on",
  413: "The body is larger than the limit",
  422: "The body cannot be used; the message says what was expected and what came",
  502: "The server behind this one does not answer",
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

/** What a status route answers. */
export const messageAnswer = { description: "OK", ...message };

/** Bytes. */
export const binary = { type: "string", format: "binary" } as const;

/** Any bytes, or none. */
export const anyBody = { content: { "*/*": { schema: binary } } } as const;

/** Of a body that is not the JSON it should be, in DRUM's form; a hook's own refusal has a message. */
export const jsonRefused = {
  description: "The body is not a JSON object, or the hook refuses it",
  type: "object",
  properties: { error: { type: "string" }, message: { type: "string" } },
} as const;
