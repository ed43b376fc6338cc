// Four languages, one behaviour: the same arithmetic, the same mistakes and the same status responses in each of them.

import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Body, eventually, fourFolder, languages, post, type Server, serve } from "./drum.js";

const rows = [
  [23, 21.5, 0, "north", 1],
  [41, 25, 1, "south", 0],
  [67, 30.25, 1, "east", 12],
  [35, 27, 0, "northwest", 0],
  [52, 33.125, 1, "s", 3],
  [19, 25, 0, "Zürich", 0],
  [80, 18.75, 0, "east, coast", 7],
] as const;
const risks = rows.map(
  ([age, bmi, smoker, region, visits]) => age / 100 + bmi / 50 + smoker + region.length / 10 + visits / 20,
);

/** The expected predictions for input.csv, computed here: load_model replaces the empty cells by 25 and 0. */
const expected: Record<string, (number | string | Record<string, number>)[]> = {
  regression: risks.map((risk) => 3 * risk + 101),
  anomaly: risks.map((risk) => -risk),
  binary: risks.map((risk) => {
    const yes = 1 / (1 + Math.exp(1.5 - risk));
    return { yes, no: 1 - yes };
  }),
  multiclass: risks.map((risk) => {
    const [low, mid, high] = [Math.exp(2 - risk), Math.exp(1), Math.exp(risk)];
    const total = low + mid + high;
    return { low: low / total, mid: mid / total, high: high / total };
  }),
  textgeneration: rows.map(([age, , , region]) => `${region}:${age}`),
};
const input = readFileSync(path.join(fourFolder, "input.csv"));

const all = (kind: string) =>
  languages.flatMap((language) => ["--code-dir", path.join(fourFolder, kind, language)]);

interface Stats {
  workers: { pid: number }[];
  drum_info: { pid: number; cmdline: string[] }[];
}

let server: Server;
const send = async (language: string, body: Body, headers?: Record<string, string>) => {
  const answer = await post(`${server.url}/models/${language}/predict/`, body, headers);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const get = async (language: string, route: string) =>
  (await (await fetch(`${server.url}/models/${language}/${route}/`)).json()) as Record<string, unknown>;

describe.each(Object.keys(expected))("%s", (kind) => {
  beforeAll(async () => {
    server = await serve({ words: all(kind) });
  });
  afterAll(async () => {
    await server?.stop();
  });

  it.each(languages)("in %s gives the same predictions", async (language) => {
    const { status, body } = await send(language, input);
    expect(status, JSON.stringify(body)).toBe(200);
    closeTo(body.predictions, expected[kind]!);
  });

  it("is told alike of all languages by /info/, /stats/ and /capabilities/", async () => {
    for (const route of ["info", "stats", "capabilities"]) {
      const shapes = await Promise.all(
        languages.map(async (language) => shapeOf(await get(language, route))),
      );
      for (const shape of shapes) expect(shape).toEqual(shapes[0]);
    }
    for (const language of languages) {
      expect(await get(language, "info")).toMatchObject({ language, targetType: kind, predictor: "score" });
      const { workers, drum_info } = (await get(language, "stats")) as unknown as Stats;
      const { cmdline } = drum_info.find(({ pid }) => pid === workers[0]!.pid)!;
      expect(cmdline[0]).not.toBe("sh");
      const own = { python: "main.py", r: "main.R", julia: "main.jl", java: "drumline.worker.Main" };
      expect(cmdline.join(" ")).toContain(own[language]);
    }
  });
});

it("what a load is at is told in the same words", async () => {
  server = await serve({ words: [...all("regression"), "--logging-level", "info"] });
  for (const language of languages) {
    const told = [...server.output().matchAll(new RegExp(`${language}-1\\] (loading|running) .*`, "g"))];
    expect(told.map(([line]) => line)).toEqual([
      expect.stringMatching(/loading custom\.(py|R|jl|java)$/),
      expect.stringMatching(language === "java" ? /running loadModel$/ : /running load_model$/),
    ]);
  }
  await server.stop();
});

describe("the same mistake", () => {
  beforeAll(async () => {
    server = await serve({ words: [...all("faults"), "--request-timeout", "10"] });
  });
  afterAll(async () => {
    await server?.stop();
  });

  const csv = { "content-type": "text/csv" };
  const mistakes: [
    title: string,
    body: Body,
    headers: Record<string, string>,
    status: number,
    code: string,
    words: string,
  ][] = [
    ["an empty body", "", csv, 422, "INPUT_EMPTY", "the body is empty"],
    ["only line ends", "\n\n", csv, 422, "INPUT_EMPTY", "no columns"],
    [
      "a content type nobody reads",
      "<rows/>",
      { "content-type": "application/xml" },
      422,
      "INPUT_UNSUPPORTED",
      "application/xml",
    ],
    ["JSON without rows", "{}", { "content-type": "application/json" }, 422, "INPUT_UNREADABLE", "is empty"],
    [
      "a broken matrix",
      "%%MatrixMarket nonsense\n",
      { "content-type": "text/mtx" },
      422,
      "INPUT_UNREADABLE",
      "Matrix Market",
    ],
    [
      "a matrix that would fill all memory",
      "%%MatrixMarket matrix coordinate real general\n2000000000 2000000000 1\n1 1 1\n",
      { "content-type": "text/mtx" },
      422,
      "INPUT_UNREADABLE",
      "declares 2000000000 rows",
    ],
    [
      "a text in another charset",
      Buffer.from("what\nfine\nfür\n", "latin1"),
      csv,
      422,
      "INPUT_UNREADABLE",
      "the CSV is not UTF-8: byte 11 (counted from 0) is 0xfc, in the column what of row 1 (counted from 0); encode it as UTF-8; a request may name its charset instead",
    ],
    [
      "a header in another charset",
      Buffer.from("what,für\nfine,1\n", "latin1"),
      csv,
      422,
      "INPUT_UNREADABLE",
      "the CSV is not UTF-8: byte 6 (counted from 0) is 0xfc, in the header; encode it as UTF-8; a request may name its charset instead",
    ],
    [
      "a quoted text in another charset, behind short rows, blank lines and a byte order mark",
      Buffer.from('\xef\xbb\xbfwhat,b\r\n\r\nfine\r\n\r\nfine,"a\r\nf\xfcr"\r\n', "latin1"),
      csv,
      422,
      "INPUT_UNREADABLE",
      "the CSV is not UTF-8: byte 31 (counted from 0) is 0xfc, in the column b of row 1 (counted from 0); encode it as UTF-8; a request may name its charset instead",
    ],
    ["a hook that raises", "what\nraise\n", csv, 500, "HOOK_FAILED", "no luck with 42"],
    ["a hook that returns nothing", "what\nnothing\n", csv, 500, "HOOK_RESULT_INVALID", "score returned"],
    ["a hook that returns a text", "what\ntext\n", csv, 500, "HOOK_RESULT_INVALID", "score returned"],
    ["a row too many", "what\nrows\n", csv, 500, "PREDICTIONS_INVALID", "2 rows for 1 row of input"],
    ["a label that was not asked for", "what\ncolumns\n", csv, 500, "PREDICTIONS_INVALID", "class labels"],
    ["other labels", "what\nlabels\n", csv, 500, "PREDICTIONS_INVALID", "class labels"],
    ["probabilities that do not add up", "what\nsum\n", csv, 500, "PREDICTIONS_INVALID", "add up"],
    ["texts for probabilities", "what\nwords\n", csv, 500, "PREDICTIONS_INVALID", "not a number"],
    ["a hook that ends the process", "what\nexit\n", csv, 500, "WORKER_DIED", "exit code 7"],
    ["a hook that crashes it", "what\ncrash\n", csv, 500, "WORKER_DIED", "SIGABRT"],
    ["a hook that takes too long", "what\nsleep\n", csv, 504, "DEADLINE_PASSED", "--request-timeout"],
  ];

  describe.each(languages)("in %s", (language) => {
    it.each(mistakes)("%s gives the same answer", async (_title, body, headers, status, code, words) => {
      const before = server.output().length;
      const answer = await send(language, body, headers);
      expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(words)]);
      // The code is in the log.
      await eventually(() => server.output().slice(before).includes(`${code}: `));
      await eventually(
        async () => (await fetch(`${server.url}/models/${language}/health/`)).status === 200,
        60_000,
      );
      const next = await send(language, "what\nfine\n");
      expect(next.body).toEqual({ predictions: [{ yes: 0.75, no: 0.25 }] });
    });

    it("the trace that is logged names the hook file and nothing of the worker's own", async () => {
      const before = server.output().length;
      await send(language, "what\nraise\n");
      await eventually(() => server.output().slice(before).includes("custom."));
      expect(server.output().slice(before)).not.toMatch(/workers\/(python|r|julia|jvm)/);
    });

    it("prints of every kind go to the log and break nothing", async () => {
      const before = server.output().length;
      const { body } = await send(language, "what\nprint\n");
      expect(body).toEqual({ predictions: [{ yes: 0.75, no: 0.25 }] });
      const printed = () => server.output().slice(before);
      expect(printed()).not.toContain("PROTOCOL_BROKEN");
    });
  });
});

/** Numbers to 1e-9, everything else exactly. */
function closeTo(got: unknown, wanted: unknown): void {
  if (typeof wanted === "number") {
    expect(Math.abs((got as number) - wanted)).toBeLessThanOrEqual(1e-9);
  } else if (typeof wanted === "object" && wanted !== null) {
    expect(Object.keys(got as object).sort()).toEqual(Object.keys(wanted).sort());
    for (const [key, value] of Object.entries(wanted)) closeTo((got as Record<string, unknown>)[key], value);
  } else expect(got).toBe(wanted);
}

/** Names and types of all fields, without the content of environments and packages, which differs by language. A list is its first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  const own = ["environment", "packages", "modelMetadata", "supported_payload_formats"];
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([key, item]) => [key, own.includes(key) ? "own" : shapeOf(item)]),
  );
}
