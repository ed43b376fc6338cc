import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fastify from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { limitBodies } from "./budget.js";

const wait = 600;

function build() {
  const app = fastify();
  app.setErrorHandler((error: Error & { code: string }, _request, reply) =>
    reply.code(error.code === "BODY_MEMORY_FULL" ? 503 : 413).send(error.code),
  );
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  limitBodies(app, { maxBodySize: 5000, maxBodyMemory: 2000 }, wait);
  app.post("/", async (request) => String(request.body).length);
  return app;
}

let app: ReturnType<typeof build>;
beforeEach(async () => {
  app = build();
  await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => {
  app.server.closeAllConnections();
  return app.close();
});

const headOf = (more: string) => `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: a/b\r\n${more}\r\n\r\n`;

/** A request of which so many bytes are missing, and the status of its answer. */
function send(size: number, missing = 0): { socket: Socket; status: Promise<number> } {
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  const status = new Promise<number>((resolve) => {
    socket.once("data", (chunk: Buffer) => resolve(Number(chunk.toString("latin1").slice(9, 12))));
  });
  socket.write(headOf(`content-length: ${size}`) + "x".repeat(size - missing));
  return { socket, status };
}

function chunked(pieces: readonly string[]): Promise<number> {
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  const coded = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("");
  socket.write(`${headOf("transfer-encoding: chunked")}${coded}0\r\n\r\n`);
  return new Promise((resolve) => {
    socket.once("data", (chunk: Buffer) => resolve(Number(chunk.toString("latin1").slice(9, 12))));
  });
}

describe("the memory of all bodies", () => {
  it("lets a body wait with its sender until there is room", async () => {
    const first = send(1500, 1);
    await sleep(50);
    const second = send(1500);
    const settled = await Promise.race([second.status, sleep(wait / 3, "waits")]);
    expect(settled).toBe("waits");
    first.socket.write("x");
    expect(await Promise.all([first.status, second.status])).toEqual([200, 200]);
  });

  it("refuses a body that has waited long enough", async () => {
    const first = send(1500, 1);
    await sleep(50);
    expect(await send(1500).status).toBe(503);
    first.socket.write("x");
    expect(await first.status).toBe(200);
  });

  it("lets small bodies pass one that waits", async () => {
    const first = send(1500, 1);
    await sleep(50);
    const second = send(1500);
    await sleep(50);
    expect(await send(400).status).toBe(200);
    first.socket.write("x");
    expect(await second.status).toBe(200);
  });

  it("counts neither a body whose sender has left nor one whose sender left while it waited", async () => {
    const first = send(1500, 1);
    await sleep(50);
    const second = send(1500);
    await sleep(50);
    second.socket.destroy();
    first.socket.destroy();
    await sleep(50);
    expect(await send(1500).status).toBe(200);
  });

  it("accepts a body larger than all, beside a small one but not beside its like", async () => {
    const small = send(400, 1);
    const large = send(4000, 1);
    await sleep(50);
    const other = send(4000);
    expect(await Promise.race([other.status, sleep(wait / 3, "waits")])).toBe("waits");
    small.socket.write("x");
    large.socket.write("x");
    expect(await Promise.all([small.status, large.status, other.status])).toEqual([200, 200, 200]);
  });

  it("counts a body of unknown size piece by piece, and gives all of it back", async () => {
    const pieces = (count: number) => Array.from({ length: count }, () => "x".repeat(100));
    const first = send(1500, 1);
    await sleep(50);
    expect([await chunked(pieces(3)), await chunked(pieces(9))]).toEqual([200, 503]);
    first.socket.write("x");
    expect(await first.status).toBe(200);
    expect(await chunked(pieces(60))).toBe(413);
    for (let round = 0; round < 5; round++) expect(await chunked(pieces(49))).toBe(200);
  });
});
