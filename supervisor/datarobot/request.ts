// One HTTP request to a DataRobot service, with its token.

import type { Service } from "./service.js";

export interface ServiceRequest {
  method?: "GET" | "POST" | "PATCH";
  /** Relative to /api/v2/. */
  path: string;
  /** Sent as JSON; a form is sent as multipart. */
  body?: Record<string, unknown> | FormData | undefined;
  /** Redirects are followed unless this is "manual": then the redirect itself is the response. */
  redirect?: "manual";
  signal: AbortSignal;
}

/** The response, whatever its status. Rejects as fetch does if there is none. */
export function request(
  { url, token }: Service,
  { method = "GET", path, body, redirect, signal }: ServiceRequest,
): Promise<Response> {
  const isJson = body !== undefined && !(body instanceof FormData);
  return fetch(`${url}/api/v2/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(isJson && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as FormData) }),
    ...(redirect && { redirect }),
    signal,
  });
}
