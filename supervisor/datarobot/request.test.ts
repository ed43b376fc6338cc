import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { request } from "./request.js";

const seen: { path: string; method: string; body: string; authorization: string | undefined }[] = [];
const server = createServer(async (incoming, response) => {
  let body = "";
  for await (const chunk of incoming) body += chunk;
  const { url = "", method = "", headers } = incoming;
  seen.push({ path: url, method, body, authorization: headers.authorization });
  if (url === "/api/v2/moved/") response.writeHead(307, { location: "/api/v2/here/" });
  response.end("{}");
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const post = { method: "POST", path: "moved/", body: { rows: 1 } } as const;
const signal = AbortSignal.timeout(60_000);

it("a redirect is followed with method, body and token", async () => {
  const response = await request({ url, token: "t" }, { ...post, signal });
  expect(response.status).toBe(200);
  expect(seen.at(-1)).toEqual({
    path: "/api/v2/here/",
    method: "POST",
    body: '{"rows":1}',
    authorization: "Bearer t",
  });
});

it("a redirect is the response if it is not followed", async () => {
  const response = await request({ url, token: "t" }, { ...post, redirect: "manual", signal });
  expect([response.status, response.headers.get("location")]).toEqual([307, "/api/v2/here/"]);
});
