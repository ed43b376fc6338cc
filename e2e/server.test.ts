// `drum server` on real models: routes, bodies, responses, headers.

import { writeFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { Table, tableFromArrays, tableFromIPC, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, model, post, pythonModel, type Server, serve } from "./drum.js";

let server: Server;

// biome-ignore lint/suspicious/noExplicitAny: responses are read field by field, as a client does.
type Json = Record<string, any>;

async function json(answer: Response | Promise<Response>) {
  return (await answer).json() as Promise<Json>;
}

describe("a regression model", () => {
  const { folder, csv, expected } = model("sklearn_regression");
  beforeAll(async () => {
    server = await serve({ words: ["--code-dir", folder, "--max-workers", "2"] });
  });
  afterAll(() => server.stop());

  const firstRows = (count: number) =>
    csv
      .split("\n")
      .slice(0, count + 1)
      .join("\n");

  it.each([
    ["text/csv", { "content-type": "text/csv" }],
    ["text/csv with a charset", { "content-type": "text/csv; charset=latin-1" }],
    ["text/plain", { "content-type": "text/plain" }],
  ])("predicts for a body of %s, to 1e-12", async (_title, headers) => {
    const answer = await post(`${server.url}/predict/`, csv, headers as Record<string, string>);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const { predictions } = (await answer.json()) as { predictions: number[] };
    expect(predictions.length).toBe(expected.length);
    const worst = Math.max(...predictions.map((value, at) => Math.abs(value - (expected[at] as number))));
    expect(worst).toBeLessThanOrEqual(1e-12);
  });

  it.each(["/predict/", "/predict", "/predictions/", "/predictions", "//predict/"])(
    "answers at %s",
    async (path) => {
      const { predictions } = await json(post(`${server.url}${path}`, firstRows(1)));
      expect(predictions).toHaveLength(1);
    },
  );

  it("predicts for a body without content type", async () => {
    const body = await new Promise<string>((resolve, reject) => {
      const sent = request(`${server.url}/predict/`, { method: "POST" }, (answer) => {
        answer.setEncoding("utf8").on("data", resolve);
      });
      sent.on("error", reject).end(firstRows(1));
    });
    expect(JSON.parse(body).predictions).toHaveLength(1);
  });

  it("predicts for a chunked body", async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (const line of firstRows(3).split("\n"))
          controller.enqueue(new TextEncoder().encode(`${line}\n`));
        controller.close();
      },
    });
    const answer = await fetch(`${server.url}/predict/`, {
      method: "POST",
      body: stream,
      duplex: "half",
      headers: { "content-type": "text/csv" },
    } as RequestInit);
    expect((await json(answer)).predictions).toHaveLength(3);
  });

  it("predicts for the multipart file X", async () => {
    const form = new FormData();
    form.append("X", new Blob([firstRows(2)]), "rows.csv");
    expect(
      (await json(fetch(`${server.url}/predict/`, { method: "POST", body: form }))).predictions,
    ).toHaveLength(2);
  });

  it.each([
    ["text/csv", "text/csv"],
    ["application/vnd.apache.arrow.stream, */*;q=0.1", "application/vnd.apache.arrow.stream"],
    ["text/html, application/x-apache-arrow-stream", "application/x-apache-arrow-stream"],
    ["application/json, text/csv", "application/json"],
    ["text/html, */*", "application/json"],
  ])("answers what Accept asks for first: %s", async (accept, type) => {
    const plain = await json(post(`${server.url}/predict/`, firstRows(3)));
    const answer = await post(`${server.url}/predict/`, firstRows(3), { "content-type": "text/csv", accept });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const read = {
      "text/csv": () => bytes.toString().trim().split("\n").slice(1).map(Number),
      "application/json": () => JSON.parse(bytes.toString()).predictions,
    }[type];
    const numbers = read ? read() : [...(tableFromIPC(bytes).getChildAt(0) ?? [])];
    expect(numbers).toEqual(plain.predictions);
  });

  it("answers row by row with --deployment-config", async () => {
    const folder = pythonModel(
      'def score(data, model): return pd.DataFrame({"no": [0.25] * len(data), "yes": [0.75] * len(data)})',
    );
    const file = path.join(
      codeDirectory({ "config.json": '{"target": {"name": "x"}}', "broken.json": "{" }),
      "config.json",
    );
    const labels = ["--positive-class-label", "yes", "--negative-class-label", "no"];
    const words = ["--code-dir", folder, "--target-type", "binary", ...labels, "--deployment-config"];
    const other = await serve({ words: [...words, file] });
    expect(await json(post(`${other.url}/predict/`, "a\n1\n"))).toEqual({
      data: [
        {
          prediction: "yes",
          predictionValues: [
            { label: "yes", value: 0.75 },
            { label: "no", value: 0.25 },
          ],
          predictionThreshold: 0.5,
          rowId: 0,
        },
      ],
    });
    await other.stop();
    const broken = [...words, file.replace("config.json", "broken.json")];
    const { exitCode, stderr } = await drum(["server", "--address", "127.0.0.1:0", ...broken]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--deployment-config")]);
  });

  it("predicts for an Arrow stream as for the same CSV", async () => {
    const [header = "", ...lines] = firstRows(3).split("\n");
    const columns = header
      .split(",")
      .map((name, at) => [name, Float64Array.from(lines, (line) => Number(line.split(",")[at]))]);
    const table = tableFromArrays(Object.fromEntries(columns));
    expect(table).toBeInstanceOf(Table);
    const arrow = await json(
      post(`${server.url}/predict/`, Buffer.from(tableToIPC(table, "stream")), {
        "content-type": "application/x-apache-arrow-stream",
      }),
    );
    expect(arrow).toEqual(await json(post(`${server.url}/predict/`, firstRows(3))));
  });

  it.each(["/", "/ping/", "/ping", "/health/", "/health"])("answers OK at GET %s", async (path) => {
    const answer = await fetch(`${server.url}${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ message: "OK" });
  });

  it("gives the request's id back, or one of its own, and its version", async () => {
    const named = await fetch(`${server.url}/ping/`, { headers: { "X-Request-ID": "abc" } });
    expect(named.headers.get("x_request_id")).toBe("abc");
    const fresh = await fetch(`${server.url}/ping/`);
    expect(fresh.headers.get("x_request_id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(fresh.headers.get("x-drum-version")).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("tells at /info/ what runs, with which interpreter, and why", async () => {
    const info = await json(fetch(`${server.url}/info/`));
    expect(info).toMatchObject({
      targetType: "regression",
      codeDir: folder,
      language: "python",
      predictor: "scikit-learn",
      modelMetadata: { name: "sklearn_regression", targetType: "regression" },
      hooks: [],
      runtime: { environment: "python3_sklearn" },
    });
    expect(info.runtime.reason).toContain("the installed environment python3_sklearn");
    expect(info.runtime.packages).toHaveProperty("pandas");
  });

  it("tells at /capabilities/ what can be sent", async () => {
    const { supported_payload_formats, supported_methods } = await json(fetch(`${server.url}/capabilities/`));
    expect(Object.keys(supported_payload_formats).sort()).toEqual(["arrow", "csv", "mtx"]);
    expect(supported_methods).toEqual({ chat: false, transform: false });
  });

  it("counts memory, CPU, requests and times at /stats/", async () => {
    const now = async () => (await json(fetch(`${server.url}/stats/`))) as Stats;
    await eventually(async () => (await now()).workers.every((worker) => worker.state === "ready"));
    for (let round = 0; round < 4; round++) await post(`${server.url}/predict/`, csv);
    const stats = await now();
    expect(stats.workers).toHaveLength(2);
    for (const worker of stats.workers) {
      expect(worker).toMatchObject({ language: "python", state: "ready", restarts: 0, queue: 0 });
      expect(worker.rss).toBeGreaterThan(50);
      expect(worker.pss).toBeLessThanOrEqual(worker.rss);
      expect(worker.uptime).toBeGreaterThan(0);
    }
    expect(stats.drum_info).toHaveLength(3);
    expect(stats.drum_info[0]!.pid).toBe(server.pid);
    const sum = stats.drum_info.reduce((total, one) => total + one.mem, 0);
    expect(stats.mem_info.drum_rss).toBeCloseTo(sum, 6);
    expect(stats.mem_info.nginx_rss).toBe(0);
    expect(stats.mem_info.avail).toBeLessThan(stats.mem_info.total!);
    const { min, avg, max, total } = stats.time_info.run_predictor_total;
    expect(min).toBeLessThanOrEqual(avg!);
    expect(avg).toBeLessThanOrEqual(max!);
    expect(total).toBeCloseTo(avg! * 4, 1);
    const after = await now();
    expect(after.time_info.run_predictor_total).toEqual({ min: null, max: null, avg: null, total: null });
  });

  it("describes its routes as OpenAPI, and shows them at /docs", async () => {
    const document = (await json(fetch(`${server.url}/docs/json`))) as never as {
      paths: Record<string, object>;
    };
    for (const path of [
      "/",
      "/ping/",
      "/health/",
      "/info/",
      "/stats/",
      "/capabilities/",
      "/predict/",
      "/predictions/",
    ]) {
      expect(document.paths).toHaveProperty([path]);
    }
    const bodies = document.paths["/predict/"] as { post: { requestBody: { content: object } } };
    expect(Object.keys(bodies.post.requestBody.content)).toContain("text/csv");
    const page = await (await fetch(`${server.url}/docs/`)).text();
    expect(page).toContain("swagger-ui");
  });
});

interface Stats {
  workers: { state: string; rss: number; pss: number; uptime: number }[];
  drum_info: { pid: number; mem: number }[];
  mem_info: Record<string, number | null>;
  time_info: { run_predictor_total: Record<string, number | null> };
}

describe("classification", () => {
  it.each(["sklearn_binary", "sklearn_multiclass"])(
    "%s answers one object of probabilities a row",
    async (name) => {
      const { folder, csv, expected } = model(name);
      const one = await serve({ words: ["--code-dir", folder] });
      try {
        const { predictions } = (await json(post(`${one.url}/predict/`, csv))) as {
          predictions: Record<string, number>[];
        };
        expect(predictions.length).toBe(expected.length);
        for (const [at, row] of (expected as Record<string, number>[]).entries()) {
          for (const [label, value] of Object.entries(row))
            expect(Math.abs(predictions[at]![label]! - value)).toBeLessThanOrEqual(1e-12);
        }
        const info = await json(fetch(`${one.url}/info/`));
        if (name === "sklearn_binary") {
          expect(info).toMatchObject({ positiveClassLabel: "malignant", negativeClassLabel: "benign" });
        } else expect(info.classLabels).toEqual(["setosa", "versicolor", "virginica"]);
      } finally {
        await one.stop();
      }
    },
  );

  it("expands a single column to both classes", async () => {
    const folder = pythonModel(
      "def score(data, model, **kwargs):\n    return pd.DataFrame({kwargs['positive_class_label']: data.a})",
    );
    const labels = ["--positive-class-label", "yes", "--negative-class-label", "no"];
    const one = await serve({ words: ["--code-dir", folder, "--target-type", "binary", ...labels] });
    try {
      const answer = await json(post(`${one.url}/predict/`, "a\n0.25\n"));
      expect(answer).toEqual({ predictions: [{ no: 0.75, yes: 0.25 }] });
    } finally {
      await one.stop();
    }
  });
});

describe("hooks", () => {
  it("read_input_data gets every media type as bytes", async () => {
    const folder = pythonModel(
      "import json\n\ndef read_input_data(input_binary_data):\n    return pd.DataFrame(json.loads(input_binary_data))\n\n" +
        "def score(data, model, **kwargs):\n    return pd.DataFrame({'Predictions': data.a * 2.0})",
    );
    const one = await serve({ words: ["--code-dir", folder, "--target-type", "regression"] });
    try {
      const answer = post(`${one.url}/predict/`, '[{"a": 1}, {"a": 4}]', {
        "content-type": "application/json",
      });
      expect(await json(answer)).toEqual({ predictions: [2, 8] });
    } finally {
      await one.stop();
    }
  });

  it("may choose status and words with CustomHTTPError", async () => {
    const folder = pythonModel(
      "from datarobot_drum import CustomHTTPError\n\ndef score(data, model):\n    raise CustomHTTPError('slow down', status_code=429)",
    );
    const one = await serve({ words: ["--code-dir", folder, "--target-type", "regression"] });
    try {
      const answer = await post(`${one.url}/predict/`, "a\n1\n");
      expect(answer.status).toBe(429);
      expect(answer.headers.get("x-drum-user-http-error")).toBe("true");
      expect(await answer.json()).toEqual({ message: "slow down" });
    } finally {
      await one.stop();
    }
  });

  it("give extra columns beside the predictions, with the frame's index", async () => {
    const folder = pythonModel(
      "def score(data, model):\n    return pd.DataFrame({'Predictions': [1.0, float('nan')], 'why': ['a', 'b']}, index=['x', 'y'])",
    );
    const one = await serve({ words: ["--code-dir", folder, "--target-type", "regression"] });
    try {
      expect(await json(post(`${one.url}/predict/`, "a\n1\n2\n"))).toEqual({
        predictions: [1, null],
        extraModelOutput: { columns: ["why"], index: ["x", "y"], data: [["a"], ["b"]] },
      });
    } finally {
      await one.stop();
    }
  });
});

describe("the prefix", () => {
  it("stands before every route, and nothing answers without it", async () => {
    const { folder, csv } = model("python_constant");
    const one = await serve({ words: ["--code-dir", folder], variables: { URL_PREFIX: "/a/b/" } });
    try {
      expect((await post(`${one.url}/predict/`, csv)).status).toBe(200);
      expect((await fetch(`${one.url}/docs/json`)).status).toBe(200);
      expect((await fetch(one.url)).status).toBe(200);
      const bare = one.url.replace("/a/b", "");
      for (const path of ["/", "/ping/", "/health/", "/docs"])
        expect((await fetch(bare + path)).status).toBe(404);
    } finally {
      await one.stop();
    }
  });
});

describe("the error server", () => {
  const empty = codeDirectory({ "notes.txt": "" });
  const broken = codeDirectory({ "custom.py": "def score(data, model)\n    pass\n" });

  it.each([
    ["a code directory without a model", empty, "neither a hook file nor an artifact"],
    ["a hook file that does not parse", broken, "custom.py"],
  ])("answers 513 with the reason for %s", async (_title, folder, words) => {
    const one = await serve({
      words: ["--code-dir", folder, "--target-type", "regression", "--with-error-server"],
      until: 513,
    });
    try {
      for (const path of ["/", "/ping/", "/health/"]) {
        const answer = await fetch(one.url + path);
        expect(answer.status).toBe(513);
        expect((await json(answer)).message).toContain(words);
      }
      for (const path of ["/predict/", "/predictions/"])
        expect((await post(one.url + path, "a\n1\n")).status).toBe(513);
      expect((await fetch(`${one.url}/info/`)).status).toBe(404);
      expect((await fetch(`${one.url}/predict/`)).status).toBe(405);
    } finally {
      await one.stop();
    }
  });

  it("takes over on the same connections, for requests in hand too, until a reload loads the model", async () => {
    const slow = (lines: string) =>
      `import time\ndef load_model(code_dir):\n    time.sleep(1.5)\n    ${lines}\ndef score(data, model):\n    return data\n`;
    const folder = codeDirectory({ "custom.py": slow('raise ValueError("no luck with 42")') });
    const words = ["--code-dir", folder, "--target-type", "regression", "--with-error-server"];
    const one = await serve({ words, until: 503 });
    try {
      const inHand = post(`${one.url}/predict/`, "a\n1\n");
      const statuses = new Set<number>();
      let isOver = false;
      const asking = (async () => {
        while (!isOver) statuses.add((await fetch(`${one.url}/health/`)).status);
      })();
      const answer = await inHand;
      expect([answer.status, await json(answer)]).toEqual([
        513,
        { message: expect.stringContaining("no luck with 42") },
      ]);
      await eventually(async () => (await fetch(`${one.url}/info/`)).status === 404);
      isOver = true;
      await asking;
      expect([...statuses]).toEqual([503, 513]);
      expect((await post(`${one.url}/predict/`, "a\n1\n")).status).toBe(513);
      writeFileSync(path.join(folder, "custom.py"), slow("return 1"));
      process.kill(one.pid, "SIGHUP");
      await eventually(async () => (await fetch(`${one.url}/health/`)).status === 200, 20_000);
      expect(await json(await post(`${one.url}/predict/`, "a\n1\n"))).toEqual({ predictions: [1] });
    } finally {
      expect((await one.stop()).exitCode).toBe(0);
    }
  });

  it("is not there unless asked for: the command ends with 3", async () => {
    const words = ["server", "--address", "127.0.0.1:0", "--code-dir", broken, "--target-type", "regression"];
    const outcome = await drum(words);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toContain("SyntaxError");
  });
});

it("a port that is taken ends the command with 1 before a worker starts, and names the process", async () => {
  const { folder } = model("python_constant");
  const one = await serve({ words: ["--code-dir", folder] });
  try {
    const slow = pythonModel("print('a worker runs')\n\ndef score(data, model):\n    return data");
    for (const words of [
      ["--code-dir", slow],
      ["--code-dir", slow, "--with-error-server"],
    ]) {
      const outcome = await drum(["server", "--address", one.url, "--target-type", "regression", ...words]);
      expect([outcome.exitCode, outcome.stdout]).toEqual([1, ""]);
      expect(outcome.stderr).toMatch(
        new RegExp(
          `^drum: ADDRESS_UNUSABLE: cannot listen on 127.0.0.1:\\d+: .*, by process ${one.pid} \\(.+\\); end that`,
        ),
      );
      expect(outcome.stderr).not.toContain("a worker runs");
    }
    expect((await fetch(`${one.url}/health/`)).status).toBe(200);
  } finally {
    await one.stop();
  }
});

it("says for how many requests it waits when it is stopped, and a second Ctrl-C ends it at once", async () => {
  const folder = pythonModel(
    "import time\ndef score(data, model, **kwargs):\n    print('begun')\n    time.sleep(60)",
  );
  const server = await serve({ words: ["--code-dir", folder, "--target-type", "regression"] });
  const answers = [1, 2].map(() => post(`${server.url}/predict/`, "a\n1\n").catch(() => undefined));
  await eventually(() => server.output().includes("begun"));
  process.kill(server.pid, "SIGINT");
  await eventually(() =>
    server
      .output()
      .includes("SIGINT: waiting for 2 requests, at most 30 s; press Ctrl-C again to stop at once\n"),
  );
  process.kill(server.pid, "SIGINT");
  await server.ended;
  await Promise.all(answers);
});
