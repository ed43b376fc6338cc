import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { drumError } from "../drum/errors.js";
import { refuseMalformed } from "./malformed.js";

/** A server's response to these bytes, until it closes the connection. */
async function answerTo(bytes: string): Promise<string> {
  const limits = { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 50 };
  const server = createServer(limits, (_request, response) => response.end("fine")).on(
    "clientError",
    refuseMalformed(drumError),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1", () => socket.write(bytes));
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  server.close();
  return answer;
}

describe("refuseMalformed", () => {
  it.each([
    ["headers that do not end", "GET / HTTP/1.1\r\nHost: x\r\n", "408 Request Timeout", "send it again"],
    [
      "headers over the limit",
      `GET / HTTP/1.1\r\nA: ${"a".repeat(20_000)}\r\n\r\n`,
      "431 ",
      "larger than 16 KB",
    ],
    ["bytes that are not HTTP", "good morning\r\n\r\n", "400 Bad Request", "not well-formed HTTP"],
  ])("reports %s and closes the connection", async (_title, bytes, status, words) => {
    const [head, body] = (await answerTo(bytes)).split("\r\n\r\n");
    expect(head).toContain(`HTTP/1.1 ${status}`);
    expect(JSON.parse(body!)).toEqual({ message: expect.stringContaining(words) });
  });
});
