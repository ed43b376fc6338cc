// Clients that close their side of the connection after the request are answered; those that have left altogether cost no prediction.

import { mkdtempSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, post, pythonModel, type Server, serve } from "./drum.js";

const seen = path.join(mkdtempSync(path.join(tmpdir(), "drum-test-")), "seen");
const hook = `import time

def score(data, model, **kwargs):
    with open("${seen}", "a") as file:
        file.write("%d," % data["id"][0])
    time.sleep(data["seconds"][0])
    return pd.DataFrame({"Predictions": data["seconds"] * 1.0})
`;
const bodyOf = (id: number, seconds: number) => `id,seconds\n${id},${seconds}\n`;
const idsSeen = () => readFileSync(seen, "utf8").split(",").filter(Boolean).map(Number);

let server: Server;
beforeAll(async () => {
  server = await serve({ words: ["--code-dir", pythonModel(hook), "--target-type", "regression"] });
});
afterAll(() => server.stop());

function send(body: string, version = "1.1") {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  const head = `POST /predict/ HTTP/${version}\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: ${body.length}`;
  socket.write(`${head}\r\n\r\n${body}`);
  return socket;
}

/** What comes until the server closes the connection. */
async function textFrom(socket: ReturnType<typeof send>): Promise<string> {
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk;
  return text;
}

describe("a client that closes its side", () => {
  it.each(["1.1", "1.0"])("is answered over HTTP/%s", async (version) => {
    const socket = send(bodyOf(1, 1), version);
    setTimeout(() => socket.end(), 200);
    const text = await textFrom(socket);
    const interim = version === "1.1" ? "(HTTP/1.1 100 Continue\r\n\r\n)+" : "";
    expect(text).toMatch(new RegExp(`^${interim}HTTP/1.1 200 OK\r\n`));
    expect(text).toMatch(/\r\n\r\n\{"predictions":\[1\.0\]\}$/);
  });

  it("is answered when it closes together with the request", async () => {
    const socket = send(bodyOf(2, 0.3));
    socket.end();
    expect(await textFrom(socket)).toContain('{"predictions":[0.3]}');
  });
});

it("a client that leaves while its request waits costs no prediction", async () => {
  const busy = post(`${server.url}/predict/`, bodyOf(10, 3));
  await eventually(() => idsSeen().includes(10));
  const [left, stays] = [send(bodyOf(11, 0)), send(bodyOf(12, 0))];
  await sleep(300);
  left.destroy();
  stays.end();
  expect((await busy).status).toBe(200);
  expect(await textFrom(stays)).toContain('{"predictions":[0.0]}');
  expect(idsSeen()).toContain(12);
  expect(idsSeen()).not.toContain(11);
});
