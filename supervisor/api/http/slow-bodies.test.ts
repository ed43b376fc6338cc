import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fastify from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { drumError } from "../drum/errors.js";
import { refuseMalformed } from "./malformed.js";
import { limitSlowBodies } from "./slow-bodies.js";

const app = () => {
  const server = fastify({ clientErrorHandler: refuseMalformed(drumError) });
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  limitSlowBodies(server, { silence: 300, leastRate: 1000, every: 50 });
  server.post("/", async (request) => {
    if (request.body === "slow") await sleep(1000);
    return String(request.body).length;
  });
  return server;
};

let server: ReturnType<typeof app>;
afterEach(() => server.close());

/** What the server answers to a body sent in pieces with pauses of so many milliseconds. */
async function answerTo(pieces: readonly string[], pause: number): Promise<string> {
  server = app();
  await server.listen({ host: "127.0.0.1", port: 0 });
  const socket = connect((server.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
    socket.end();
  });
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: a/b\r\ntransfer-encoding: chunked\r\n\r\n");
  for (const piece of pieces) {
    await sleep(pause);
    if (!socket.destroyed)
      socket.write(piece === "" ? "0\r\n\r\n" : `${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  await ended;
  return answer;
}

describe("limitSlowBodies", () => {
  it("answers 408 where no byte comes", async () => {
    expect(await answerTo([], 0)).toContain("408 Request Timeout");
  });

  it("answers 408 where a byte comes now and then", async () => {
    expect(await answerTo(["a", "b", "c", "d", "e", "f", "g"], 100)).toContain("408 Request Timeout");
  });

  it("lets a body come that is long, but not slow", async () => {
    const pieces = Array.from({ length: 10 }, () => "x".repeat(1000));
    expect(await answerTo([...pieces, ""], 100)).toMatch(/200 OK.*10000$/s);
  });

  it("lets an answer take its time", async () => {
    expect(await answerTo(["slow", ""], 10)).toMatch(/200 OK.*4$/s);
  });
});
