// Requests that are refused before a model sees them: wrong methods, paths, addresses, headers, content types and bodies of every route.
// Each gets its status and a message in one format, and the next request is served.

import { connect } from "node:net";
import path from "node:path";
import { Field, List, Table, tableFromArrays, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adminHeaders,
  type Body,
  codeDirectory,
  fourFolder,
  post,
  pythonModel,
  root,
  type Server,
  serve,
} from "./drum.js";

const csv = { "content-type": "text/csv" };
const json = { "content-type": "application/json" };
const constant =
  "def score(data, model):\n    return pd.DataFrame({'Predictions': [float(len(data.columns))] * len(data)})";

let server: Server;
let chat: Server;
beforeAll(async () => {
  const words = [
    "--code-dir",
    pythonModel(constant),
    "--target-type",
    "regression",
    "--max-body-size",
    "64MB",
  ];
  const chatWords = [
    "--code-dir",
    path.join(fourFolder, "chat", "python"),
    "--target-type",
    "textgeneration",
  ];
  [server, chat] = await Promise.all([
    serve({ words }),
    serve({ words: chatWords, variables: { TARGET_NAME: "answer" } }),
  ]);
});
afterAll(async () => {
  await Promise.all([server.stop(), chat.stop()]);
});

/** Status and message. Every refusal is JSON with the headers of all responses. */
async function refusal(answer: Response): Promise<[number, string]> {
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("x-drum-version")).not.toBeNull();
  const { message, error } = (await answer.json()) as { message?: string; error?: string };
  if (error === undefined) expect(message).toMatch(/^ERROR: /);
  return [answer.status, error ?? message!];
}

async function servesOn(): Promise<void> {
  const next = await post(`${server.url}/predict/`, "a,b\n1,2\n");
  expect([next.status, await next.json()]).toEqual([200, { predictions: [2] }]);
}

describe("a method", () => {
  const reading = ["/", "/ping/", "/health/", "/info/", "/stats/", "/capabilities/", "/models", "/v1/models"];
  const posting = [
    ...["/predict/", "/predictions/", "/invocations", "/transform/", "/predictUnstructured/"],
    ...["/predictionsUnstructured/", "/chat/completions", "/v1/chat/completions"],
  ];
  const routes: [string, string, string][] = [
    ...reading.map((route): [string, string, string] => [route, "POST", "GET, HEAD, OPTIONS"]),
    ...posting.map((route): [string, string, string] => [route, "GET", "OPTIONS, POST"]),
    ["/admin/swap", "DELETE", "GET, HEAD, OPTIONS, POST"],
    ["/directAccess/v1/models", "DELETE", "GET, HEAD, OPTIONS, POST, PUT"],
    ["/nim/v1/models", "PATCH", "GET, HEAD, OPTIONS, POST, PUT"],
  ];

  it.each(routes)(
    "that %s does not take (%s) is refused with 405, and Allow tells the others",
    async (route, method, allow) => {
      for (const url of [route, route.endsWith("/") ? route.slice(0, -1) : `${route}/`]) {
        const answer = await fetch(server.url + url, { method });
        expect(answer.headers.get("allow")).toBe(allow);
        expect(await refusal(answer)).toEqual([
          405,
          expect.stringContaining(`does not support ${method}; it supports`),
        ]);
        const options = await fetch(server.url + url, { method: "OPTIONS" });
        expect([options.status, options.headers.get("allow")]).toEqual([200, allow]);
      }
    },
  );

  it("that few know is refused in the same way, with a body or without", async () => {
    for (const method of ["QUERY", "PATCH", "PROPFIND"]) {
      for (const body of [null, "a"]) {
        const answer = await fetch(`${server.url}/predict/`, { method, body });
        expect(await refusal(answer)).toEqual([405, expect.stringContaining(`does not support ${method}`)]);
      }
    }
  });
});

describe("a path", () => {
  it.each([
    "/predictt/",
    "/predict/more",
    "/v2/models",
    "/custom",
    "/models/none/predict/",
    "/%2e%2e/etc",
    "/a?b=c",
  ])("that is not there (%s) is refused with 404", async (route) => {
    for (const method of ["GET", "POST"]) {
      const answer = await fetch(server.url + route, { method });
      expect(await refusal(answer)).toEqual([404, expect.stringContaining("unknown route")]);
    }
  });

  it.each(["/predict", "//predict/", "/predict//", "/invocations/", "//predictions"])(
    "may have slashes more or less: %s",
    async (route) => {
      expect(await (await post(server.url + route, "a\n1\n")).json()).toEqual({ predictions: [1] });
    },
  );

  it("may have a query, which means nothing to rows", async () => {
    for (const query of ["?a=1&a=2", "?a[]=1&a[]=2", "?", "?&&=", "?%", "?__proto__=1"]) {
      expect((await post(`${server.url}/predict/${query}`, "a\n1\n")).status).toBe(200);
    }
  });
});

describe("the route of another kind of model", () => {
  it.each([
    ["/predictUnstructured/", 422, "POST rows to /predict/"],
    ["/predictionsUnstructured/", 422, "POST rows to /predict/"],
    ["/transform/", 422, "POST rows to /predict/"],
    ["/chat/completions", 404, "a regression model without a chat hook"],
    ["/v1/chat/completions", 404, "a regression model without a chat hook"],
    ["/directAccess/v1/models", 400, "no OpenAI-compatible server"],
  ])("%s of a regression model is refused with %i", async (route, status, words) => {
    expect(await refusal(await post(server.url + route, "{}", json))).toEqual([
      status,
      expect.stringContaining(words),
    ]);
    await servesOn();
  });
});

const raw = (url: string, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer)).on("error", reject);
  });

describe("a request that is hardly HTTP", () => {
  const head = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  it.each([
    [
      "headers of 40 KB",
      `GET /ping/ ${head}X-Large: ${"a".repeat(40_000)}\r\n\r\n`,
      431,
      "larger than 16 KB",
    ],
    ["an address of 40 KB", `GET /${"a".repeat(40_000)} ${head}\r\n`, 431, "larger than 16 KB"],
    ["no HTTP at all", "good morning\r\n\r\n", 400, "not well-formed HTTP"],
    [
      "a length that is no number",
      `POST /predict/ ${head}Content-Length: many\r\n\r\n`,
      400,
      "not well-formed HTTP",
    ],
    [
      "two ways to tell the length",
      `POST /predict/ ${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
      "not well-formed HTTP",
    ],
    [
      "a chunk without a length",
      `POST /predict/ ${head}Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
      "not well-formed HTTP",
    ],
    ["an address that cannot be decoded", `GET /%ff%zz ${head}\r\n`, 400, "write % as %25"],
  ])("%s is told so", async (_title, bytes, status, words) => {
    const answer = await raw(server.url, bytes);
    const [headers, body] = answer.split("\r\n\r\n");
    expect(headers).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(headers!.toLowerCase()).toContain("content-type: application/json");
    expect(JSON.parse(body!)).toEqual({ message: expect.stringMatching(/^ERROR: /) });
    expect(body).toContain(words);
    await servesOn();
  });
});

describe("a content type", () => {
  it.each(['text/csv; charset="', "text/csv;;;", "text/csv; a=b; charset="])(
    "of CSV with a malformed charset (%s) is read as UTF-8, as in DRUM",
    async (type) => {
      const answer = await post(`${server.url}/predict/`, "a\n1\n", { "content-type": type });
      expect(await answer.json()).toEqual({ predictions: [1] });
    },
  );

  it.each([
    "application/json",
    "application/octet-stream",
    "text/csv; charset=klingon",
    "text/html",
    ";;;",
    "text",
    "text/csv, text/plain",
    "image/png",
  ])("that is not read (%s) is refused with 422", async (type) => {
    const answer = await post(`${server.url}/predict/`, "a\n1\n", { "content-type": type });
    expect((await refusal(answer))[0]).toBe(422);
    await servesOn();
  });
});

const form = (...parts: [name: string, content: string | Buffer, file?: string][]): FormData => {
  const all = new FormData();
  for (const [name, content, file] of parts) {
    if (file === undefined) all.append(name, String(content));
    else all.append(name, new Blob([content as string]), file);
  }
  return all;
};
const mtx = (text: string) => `%%MatrixMarket matrix coordinate real general\n${text}`;

describe("a form", () => {
  it.each<[string, FormData, unknown]>([
    ["other parts beside X", form(["note", "hi"], ["file", "x", "y.bin"], ["X", "a\n1\n", "rows"]), [1]],
    ["X by the name of a matrix", form(["X", mtx("1 3 1\n1 1 1\n"), "x.mtx"]), [3]],
    [
      "names of a matrix's columns",
      form(["X", mtx("1 2 1\n1 1 1\n"), "x.mtx"], ["X.colnames", "a\nb\n", "names"]),
      [2],
    ],
  ])("with %s is served", async (_title, body, predictions) => {
    expect(await (await post(`${server.url}/predict/`, body, {})).json()).toEqual({ predictions });
  });

  const boundary = { "content-type": "multipart/form-data; boundary=b" };
  const part = '--b\r\nContent-Disposition: form-data; name="X"; filename="x.csv"\r\n\r\na\n1\n\r\n';
  it.each<[string, Body, Record<string, string>, string]>([
    ["no part", "--b--\r\n", boundary, "no file part named X"],
    ["a part x in small", form(["x", "a\n1\n", "x.csv"]), {}, "no file part named X"],
    ["the names alone", form(["X.colnames", "a\n", "names"]), {}, "no file part named X"],
    ["an empty X", form(["X", "", "x.csv"]), {}, "the part X is empty"],
    ["a part without a file name", form(["X", "a\n1\n"]), {}, "no file part named X"],
    ["no end", part, boundary, "multipart"],
    ["an end in the middle of a part", part.slice(0, 40), boundary, "multipart"],
    ["another boundary", part.replaceAll("--b", "--c"), boundary, "multipart"],
    ["an empty boundary", part, { "content-type": "multipart/form-data; boundary=" }, "multipart"],
    ["a body that is empty", "", boundary, "multipart"],
    [
      "too few names",
      form(["X", mtx("1 2 1\n1 1 1\n"), "x.mtx"], ["X.colnames", "a\n", "names"]),
      {},
      "2 columns",
    ],
    ["a file of Arrow that is none", form(["X", "a\n1\n", "x.arrow"]), {}, "Arrow"],
  ])("with %s is refused with 422", async (_title, body, headers, words) => {
    const [status, message] = await refusal(await post(`${server.url}/predict/`, body, headers));
    expect([status, message]).toEqual([422, expect.stringContaining(words)]);
    await servesOn();
  });

  it("with more files than any model needs is refused with 422", async () => {
    const many = form(
      ...Array.from({ length: 20 }, (_, at): [string, string, string] => [`f${at}`, "x", "x"]),
      ["X", "a\n1\n", "x"],
    );
    expect(await refusal(await post(`${server.url}/predict/`, many, {}))).toEqual([
      422,
      expect.stringContaining("files limit"),
    ]);
    await servesOn();
  });
});

describe("a Matrix Market text", () => {
  it.each([
    ["another banner", "%%MatrixMarket vector coordinate real general\n1 1 1\n1 1 1\n"],
    ["no banner", "2 2 1\n1 1 1\n"],
    ["no size", mtx("")],
    ["a size of words", mtx("two two one\n1 1 1\n")],
    ["a size of two numbers", mtx("2 2\n1 1 1\n")],
    ["a negative size", mtx("-2 2 1\n1 1 1\n")],
    ["a place out of the matrix", mtx("2 2 1\n3 1 1\n")],
    ["fewer entries than announced", mtx("2 2 3\n1 1 1\n")],
    ["a value that is no number", mtx("2 2 1\n1 1 much\n")],
    ["more rows than its bytes can hold", mtx("99999999 2 1\n1 1 1\n")],
  ])("with %s is refused with 422", async (_title, text) => {
    const [status, message] = await refusal(
      await post(`${server.url}/predict/`, text, { "content-type": "text/mtx" }),
    );
    expect([status, message]).toEqual([422, expect.stringContaining("Matrix Market")]);
    await servesOn();
  });
});

describe("an Arrow stream", () => {
  const type = { "content-type": "application/vnd.apache.arrow.stream" };
  const whole = Buffer.from(tableToIPC(tableFromArrays({ a: Float64Array.of(1, 2, 3) }), "stream"));
  const send = async (bytes: Buffer) => refusal(await post(`${server.url}/predict/`, bytes as never, type));

  it("cut off anywhere inside its head or data is refused with 422", async () => {
    for (const share of [0.05, 0.2, 0.4, 0.6, 0.8, 0.95]) {
      const [status, message] = await send(whole.subarray(0, Math.floor(whole.length * share)));
      expect([status, message]).toEqual([422, expect.stringContaining("Arrow")]);
    }
    await servesOn();
  });

  it("with columns of a type that no model gets is refused with 422, which names column and type", async () => {
    const lists = new Table({
      tags: vectorFromArray([["a"], ["b"]], new List(new Field("item", new Utf8()))),
    });
    const [status, message] = await send(Buffer.from(tableToIPC(lists, "stream")));
    expect([status, message]).toEqual([422, expect.stringMatching(/tags.*List/s)]);
    await servesOn();
  });

  it("without columns, and what is no Arrow, is refused with 422", async () => {
    for (const bytes of [
      Buffer.from(tableToIPC(new Table({}), "stream")),
      Buffer.from("a\n1\n"),
      Buffer.alloc(64),
    ]) {
      expect((await send(bytes))[0]).toBe(422);
    }
    await servesOn();
  });
});

describe("the body of a chat", () => {
  it.each<[string, Body, Record<string, string>, number, string]>([
    ["no JSON", "{", json, 400, "the body is not valid JSON"],
    ["nothing", "", json, 400, "the body is not valid JSON"],
    ["a list", "[]", json, 400, "not an object"],
    ["a text", '"hi"', json, 400, "not an object"],
    ["null", "null", json, 400, "not an object"],
    ["nested too deep", `${'{"a":'.repeat(70)}1${"}".repeat(70)}`, json, 400, "60 levels deep"],
    [
      "of another type",
      "a=1",
      { "content-type": "application/x-www-form-urlencoded" },
      422,
      "expected application/json",
    ],
    ["a form", form(["a", "1"]), {}, 422, "expected application/json"],
  ])("that is %s is refused", async (_title, body, headers, status, words) => {
    for (const route of ["/chat/completions", "/v1/chat/completions"]) {
      const answer = await post(chat.url + route, body, headers);
      expect(await refusal(answer)).toEqual([status, expect.stringContaining(words)]);
    }
    const next = await post(`${chat.url}/chat/completions`, '{"messages": [{"content": "hi"}]}', json);
    expect(next.status).toBe(200);
  });

  it("of a model that chats alone has no rows to score: 500, as in DRUM", async () => {
    const answer = await post(`${chat.url}/predict/`, "a\n1\n", csv);
    expect(await refusal(answer)).toEqual([500, expect.stringContaining("POST to /chat/completions")]);
  });
});

describe("a body of 200 MB", () => {
  const large = Buffer.alloc(200 * 2 ** 20, "a");

  it.each([
    ["/predict/"],
    ["/transform/"],
    ["/predictUnstructured/"],
    ["/chat/completions"],
    ["/directAccess/x"],
    ["/admin/swap"],
  ])("over --max-body-size is refused with 413 by %s, in a piece or in chunks", async (route) => {
    const statuses = [
      await statusOf(route, `Content-Length: ${large.length}`),
      await statusOf(route, "Transfer-Encoding: chunked"),
    ];
    expect(statuses).toEqual([413, 413]);
    await servesOn();
  });

  /** Writes until the server has refused, since it need not read the rest. */
  function statusOf(route: string, length: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      const type = ["/chat/completions", "/admin/swap"].includes(route) ? "application/json" : "text/csv";
      const { authorization } = adminHeaders(server);
      const head = `Host: localhost\r\nAuthorization: ${authorization}\r\nContent-Type: ${type}`;
      socket.write(`POST ${route} HTTP/1.1\r\n${head}\r\n${length}\r\n\r\n`);
      const piece = large.subarray(0, 2 ** 20);
      const isChunked = length.startsWith("Transfer");
      for (let sent = 0; sent < 100 && !socket.destroyed; sent++) {
        if (isChunked) socket.write(`${piece.length.toString(16)}\r\n`);
        socket.write(piece);
        if (isChunked) socket.write("\r\n");
      }
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk;
        const [, status] = /^HTTP\/1.1 (\d+)/.exec(answer) ?? [];
        if (status === undefined) return;
        resolve(Number(status));
        socket.destroy();
      });
      socket.on("error", reject).on("close", () => reject(new Error(`closed without an answer to ${route}`)));
    });
  }

  it("is answered to a client that sends all of it before it reads", async () => {
    const program = `
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(urllib.request.Request(sys.argv[1], data=bytes(200 * 2**20)))
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
`;
    const python = path.join(root, ".setup", "clients", "bin", "python");
    const { stdout } = await execa(python, ["-c", program, `${server.url}/predict/`]);
    expect(stdout).toMatch(/^413 \{"message":"ERROR: the body is larger than /);
    await servesOn();
  });

  it("below it passes", async () => {
    const hooks =
      "def read_input_data(data):\n    return len(data)\n\ndef score(data, model):\n    return pd.DataFrame({'Predictions': [float(data)]})";
    const other = await serve({ words: ["--code-dir", pythonModel(hooks), "--target-type", "regression"] });
    const answer = await post(`${other.url}/predict/`, large as never, {
      "content-type": "application/octet-stream",
    });
    expect(await answer.json()).toEqual({ predictions: [large.length] });
    await other.stop();
  });
});

describe("the error server", () => {
  it("answers 513 on its routes, 404 on all others, and 405 for a wrong method", async () => {
    const folder = codeDirectory({ "custom.py": "def score(data, model)\n" });
    const broken = await serve({
      words: ["--code-dir", folder, "--target-type", "regression", "--with-error-server"],
      until: 513,
    });
    for (const route of ["/", "/ping", "/ping/", "/health/"])
      expect((await fetch(broken.url + route)).status).toBe(513);
    const posting = [
      "predict",
      "predictions",
      "invocations",
      "predictUnstructured",
      "predictionsUnstructured",
      "transform",
    ];
    for (const route of posting) {
      const answer = await post(`${broken.url}/${route}`, "a\n1\n");
      expect(await refusal(answer)).toEqual([513, expect.stringContaining("custom.py")]);
      expect((await fetch(`${broken.url}/${route}/`)).status).toBe(405);
    }
    for (const route of ["/info/", "/stats/", "/capabilities/", "/chat/completions", "/models"]) {
      expect((await fetch(broken.url + route)).status).toBe(404);
    }
    await broken.stop();
  });
});
