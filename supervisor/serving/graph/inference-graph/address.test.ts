// Services at addresses: their answers, redirects and limits, against real servers on the loopback.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Departure } from "../../worker/departure.js";
import { askAddress } from "./address.js";

let server: Server;
let root: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      if (request.url === "/never") return;
      if (request.url === "/moved") response.writeHead(307, { location: "/here" });
      else if (request.url === "/busy") response.writeHead(503);
      else if (request.url === "/large") response.write("x".repeat(2000));
      response.end(`${request.method} ${request.headers["x-a"]} ${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const asked = (path: string, { time = 5000, departure = new Departure(), url = root } = {}) =>
  askAddress({
    url: `${url}${path}`,
    body: Buffer.from("ü"),
    headers: new Headers({ "x-a": "1" }),
    departure,
    limits: { time, size: 1000 },
  });

it.each([
  ["/here", 200, "POST 1 ü"],
  ["/moved", 200, "POST 1 ü"],
  ["/busy", 503, "POST 1 ü"],
])("answers with what %s says", async (path, status, body) => {
  const answer = await asked(path);
  expect([answer.status, answer.body.toString()]).toEqual([status, body]);
});

it("takes no answer larger than the limit", async () => {
  await expect(asked("/large")).rejects.toThrow("answered with more than 1000 bytes");
});

it("waits no longer than the limit, and not for a client that has left", async () => {
  await expect(asked("/never", { time: 50 })).rejects.toThrow("/never did not answer within 0.05 s");
  const departure = new Departure();
  const waiting = asked("/never", { time: Number.POSITIVE_INFINITY, departure });
  departure.leave();
  await expect(waiting).rejects.toMatchObject({ code: "CLIENT_GONE" });
});

it("tells that nobody is there", async () => {
  // Port 9 of the loopback has no server.
  await expect(asked("/", { url: "http://127.0.0.1:9" })).rejects.toThrow(
    "http://127.0.0.1:9/ cannot be reached",
  );
});
