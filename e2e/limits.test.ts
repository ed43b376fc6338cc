// Limits of what is sent and answered: one body, all bodies under way, bodies that do not come, large answers.

import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { Float64, Table, tableToIPC, vectorFromArray } from "apache-arrow";
import { afterEach, describe, expect, it } from "vitest";
import { codeDirectory, eventually, post, pythonModel, root, type Server, serve } from "./drum.js";

const variables = { DRUM_WORKERS: path.join(root, "e2e", "workers") };
const words = ["--code-dir", codeDirectory({ "custom.scripted": "" }), "--target-type", "regression"];
const megabyte = 2 ** 20;

let server: Server;
afterEach(async () => {
  await server?.stop();
});

const message = async (answer: Response) => ((await answer.json()) as { message: string }).message;

/** Sent in pieces, without a length. */
function chunked(text: string | Uint8Array): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + 65_536));
      at += 65_536;
    },
  });
}

function postChunked(url: string, text: string | Uint8Array, type = "text/csv") {
  const init = { method: "POST", body: chunked(text), headers: { "content-type": type }, duplex: "half" };
  return fetch(url, init as RequestInit);
}

/** A form with so many text fields, and a file part X. */
function formText(fields: number, size: number): { type: string; text: string } {
  const parts = Array.from(
    { length: fields },
    (_, at) => `--b\r\nContent-Disposition: form-data; name="f${at}"\r\n\r\n${"x".repeat(size)}\r\n`,
  );
  const file = '--b\r\nContent-Disposition: form-data; name="X"; filename="x.csv"\r\n\r\nfine\r\n--b--\r\n';
  return { type: "multipart/form-data; boundary=b", text: parts.join("") + file };
}

describe("--max-body-size", () => {
  it.each([
    [
      "with its length",
      (url: string, type: string, text: string) => post(url, text, { "content-type": type }),
    ],
    ["in pieces", (url: string, type: string, text: string) => postChunked(url, text, type)],
  ])("bounds a form as a whole, sent %s", async (_title, send) => {
    server = await serve({ words: [...words, "--max-body-size", "1MB"], variables });
    const url = `${server.url}/predict/`;
    const small = formText(4, 100_000);
    expect((await send(url, small.type, small.text)).status).toBe(200);
    const large = formText(12, 100_000);
    const answer = await send(url, large.type, large.text);
    expect(answer.status).toBe(413);
    expect(await message(answer)).toContain("the limit of --max-body-size");
    expect((await post(url, "fine")).status).toBe(200);
  });
});

describe("on /transform/", () => {
  const hooks = "def transform(data, model):\n    return data\n";
  const rows = Array.from({ length: 100_000 }, (_, row) => row % 7);
  const columns = { x: vectorFromArray(rows, new Float64()), y: vectorFromArray(rows, new Float64()) };
  const stream = Buffer.from(tableToIPC(new Table(columns)));
  const large = `x\n${rows.join("\n")}${"\n1".repeat(500_000)}`;

  it("--max-body-size bounds forms, streams and what they unpack to", async () => {
    const model = ["--code-dir", pythonModel(hooks), "--target-type", "transform"];
    server = await serve({ words: [...model, "--max-body-size", "1MB"] });
    const url = `${server.url}/transform/`;
    const arrow = { "content-type": "application/x-apache-arrow-stream" };
    const form = formText(12, 100_000);
    const packed = (name: string) => {
      const parts = new FormData();
      parts.set("X", new Blob([name === "X" ? gzipSync(large) : "x\n1\n"]), "x.csv.gz");
      if (name === "y") parts.set("y", new Blob([gzipSync(large)]), "y.csv.gz");
      return parts;
    };
    const answers = await Promise.all([
      post(url, form.text, { "content-type": form.type }),
      postChunked(url, form.text, form.type),
      post(url, stream, arrow),
      postChunked(url, stream, arrow["content-type"]),
      post(url, gzipSync(stream), { ...arrow, "content-encoding": "gzip" }),
      post(url, packed("X"), {}),
      post(url, packed("y"), {}),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413, 413, 413, 413]);
    expect((await post(url, "x\n1\n")).status).toBe(200);
  });
});

describe("--max-body-memory", () => {
  const slow = `sleep 1500${" ".repeat(1.2 * megabyte)}`;
  const gzip = { "content-type": "text/csv", "content-encoding": "gzip" };
  const packedForm = () => {
    const parts = new FormData();
    parts.set("X", new Blob([gzipSync(slow)]), "x.csv.gz");
    return parts;
  };

  it("lets a body wait for the memory of others", async () => {
    server = await serve({ words: [...words, "--max-body-memory", "3MB"], variables });
    const url = `${server.url}/predict/`;
    const answers = await Promise.all([post(url, slow), post(url, slow), post(url, slow)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it.each([
    ["in pieces", (url: string) => postChunked(url, slow)],
    ["compressed", (url: string) => post(url, gzipSync(slow), gzip)],
    ["compressed in a form", (url: string) => post(url, packedForm(), {})],
  ])("refuses a body that turns out to be over it, sent %s", async (_title, send) => {
    server = await serve({ words: [...words, "--max-body-memory", "3MB"], variables });
    const url = `${server.url}/predict/`;
    const taken = [send(url), send(url)];
    await sleep(500);
    const refused = await send(url);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await message(refused)).toContain("the limit of --max-body-memory");
    expect((await post(url, "fine")).status).toBe(200);
    expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await postChunked(url, slow)).status).toBe(200);
  });

  it("takes a body that is alone, whatever its size", async () => {
    server = await serve({ words: [...words, "--max-body-memory", "1MB"], variables });
    const url = `${server.url}/predict/`;
    expect((await post(url, slow)).status).toBe(200);
    expect((await postChunked(url, slow)).status).toBe(200);
    expect((await post(url, gzipSync(slow), gzip)).status).toBe(200);
  });
});

describe("a large answer", () => {
  const echo = 'def score(data, model, **kwargs):\n    return pd.DataFrame({"Predictions": data["a"] * 1.0})';

  it.each(["application/json", "text/csv"])("as %s is whole, and waits for its reader", async (accept) => {
    server = await serve({ words: ["--code-dir", pythonModel(echo), "--target-type", "regression"] });
    const rows = 300_000;
    const body = `a\n${Array.from({ length: rows }, (_, row) => row).join("\n")}\n`;
    const headers = { "content-type": "text/csv", accept };
    const answer = await post(`${server.url}/predict/`, body, headers);
    expect([answer.status, answer.status === 200 || (await answer.text())]).toEqual([200, true]);
    await sleep(500);
    const text = await answer.text();
    const numbers =
      accept === "text/csv"
        ? text.trim().split("\n").slice(1).map(Number)
        : (JSON.parse(text) as { predictions: number[] }).predictions;
    expect(numbers.length).toBe(rows);
    expect(numbers.every((number, row) => number === row)).toBe(true);
  });

  it("that nobody reads costs its table, not its text", async () => {
    const labels = ["no", "yes"].map((word) => `${word} ${"x".repeat(200)}`);
    const hooks = `
def score(data, model, **kwargs):
    return pd.DataFrame({${labels.map((label) => `"${label}": [0.5] * len(data)`).join(", ")}})
`;
    const target = [
      "--target-type",
      "binary",
      "--negative-class-label",
      labels[0]!,
      "--positive-class-label",
      labels[1]!,
    ];
    server = await serve({ words: ["--code-dir", pythonModel(hooks), ...target] });
    const body = `a\n${"1\n".repeat(200_000)}`;
    const sockets = Array.from({ length: 4 }, () =>
      connect(Number(new URL(server.url).port), "127.0.0.1").pause(),
    );
    for (const socket of sockets) {
      socket.write(
        `POST /predict/ HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
    const answered = async () => {
      const answer = await fetch(`${server.url}/stats/`);
      return (await answer.json()) as { workers: { requests: number }[]; drum_info: { mem: number }[] };
    };
    await eventually(async () => (await answered()).workers[0]!.requests === 4, 60_000);
    await sleep(1000);
    const { drum_info: info } = await answered();
    // A table has 3 MB, its text 88.
    expect(info[0]!.mem).toBeLessThan(350);
    for (const socket of sockets) socket.destroy();
  });
});
