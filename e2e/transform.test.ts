// The target type transform in every language: the same input gives the same output, over HTTP and in files.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { intColumn } from "../protocol/columns.js";
import type { Column } from "../protocol/messages.js";
import { floatsOf, int64sOf } from "../protocol/table.js";
import { readArrowBytes, writeArrowBytes } from "../supervisor/formats/arrow/arrow.js";
import {
  adminHeaders,
  codeDirectory,
  drum,
  fourFolder,
  languages,
  post,
  type Server,
  serve,
} from "./drum.js";

const folderOf = (language: string) => path.join(fourFolder, "transform", language);
/** Java has no type for sparse matrices, so its output is dense. */
const withSparse = languages.filter((language) => language !== "java");

let server: Server;
beforeAll(async () => {
  server = await serve({ words: languages.flatMap((language) => ["--code-dir", folderOf(language)]) });
}, 120_000);
afterAll(async () => {
  await server?.stop();
});

const transformOf = (language: string) => `${server.url}/models/${language}/transform/`;

function form(parts: Record<string, string>, names: Record<string, string> = {}): FormData {
  const data = new FormData();
  for (const [name, content] of Object.entries(parts)) {
    data.append(name, new Blob([content]), names[name] ?? `${name}.csv`);
  }
  return data;
}

/** The parts of a response, as texts. */
async function partsOf(answer: Response): Promise<Record<string, string>> {
  expect(answer.status, answer.ok ? "" : await answer.clone().text()).toBe(200);
  const parts = [...(await answer.formData()).entries()];
  const texts = parts.map(async ([name, part]) => [
    name,
    typeof part === "string" ? part : await part.text(),
  ]);
  return Object.fromEntries(await Promise.all(texts));
}

/** An Arrow stream with a column of ints. */
function streamOf(columns: Record<string, number[]>): Buffer {
  const made = Object.entries(columns).map(([name, values]) => intColumn(name, values));
  return writeArrowBytes({ rows: 3, columns: made }, "stream");
}

async function bytesOf(part: unknown): Promise<Buffer> {
  return Buffer.from(await (part as File).arrayBuffer());
}

/** The numbers of a column of ints or floats, as languages differ. */
function numbersOf(column: Column): number[] {
  return Array.from(column.type === "int64" ? int64sOf(column) : floatsOf(column), Number);
}

const sendForm = (language: string, body: FormData) => fetch(transformOf(language), { method: "POST", body });

const rows = "what,x\nfirst,1.5\n,\nZürich,-2.25\n";
const transformed = "what,twice\\nx\r\nfirst,3.0\r\n,\r\nZürich,-4.5";
const dense = "what,x\nsparse,1.5\nb,0\nc,-2.25\n";
const matrix = "%%MatrixMarket matrix coordinate real general\n3 2 3\n1 1 1.5\n3 1 -2.25\n1 2 1.0\n";
const denseCsv = "a,b\n1.5,1.0\n0.0,0.0\n-2.25,0.0\n";

describe.each(languages)("in %s, /transform/", (language) => {
  it("answers CSV in a form, with lines that end in CR LF and names that fit a line", async () => {
    const answer = await post(transformOf(language), rows);
    expect(answer.headers.get("content-type")).toMatch(/^multipart\/form-data; boundary=/);
    expect(await partsOf(answer)).toEqual({ "X.format": "csv", "X.transformed": transformed });
  });

  it("gives the hook what belongs to the rows, and answers it beside them", async () => {
    const parts = await partsOf(await sendForm(language, form({ X: rows, y: "goal\n7\n8\n9\n" })));
    expect(parts).toEqual({
      "X.format": "csv",
      "X.transformed": "what,twice\\nx,y\r\nfirst,3.0,7\r\n,,8\r\nZürich,-4.5,9",
      "y.format": "csv",
      "y.transformed": "goal\r\n7\r\n8\r\n9",
    });
  });

  it("answers Arrow in a form that has the part arrow_version, and takes an Arrow target", async () => {
    const goal = streamOf({ goal: [7, 8, 9] });
    for (const version of ["0.20", "21.0.0", "0.14.1"]) {
      const body = form({ X: rows, arrow_version: version });
      body.append("y", new Blob([goal]), "y.arrow");
      const answer = await sendForm(language, body);
      expect(answer.status).toBe(200);
      const parts = await answer.formData();
      expect([parts.get("X.format"), parts.get("y.format")]).toEqual(["arrow", "arrow"]);
      const [x, y] = await Promise.all(["X", "y"].map((name) => bytesOf(parts.get(`${name}.transformed`))));
      expect(readArrowBytes(x!).columns.map(({ name }) => name)).toEqual(["what", "twice\\nx", "y"]);
      expect(readArrowBytes(y!).columns.map((column) => [column.name, numbersOf(column)])).toEqual([
        ["goal", [7, 8, 9]],
      ]);
      // Before Arrow 0.15, nothing comes before the size of a message.
      expect(x!.readInt32LE(0) === -1).toBe(version !== "0.14.1");
    }
    const sparse = form({ X: "what,x\nsparse,1.5\nb,0\nc,-2.25\n", arrow_version: "1.0" });
    const format = (await (await sendForm(language, sparse)).formData()).get("X.format");
    expect(format).toBe(language === "java" ? "arrow" : "sparse");
    const unknown = await sendForm(language, form({ X: rows, arrow_version: "new" }));
    expect([unknown.status, await unknown.text()]).toEqual([422, expect.stringContaining("such as 0.20")]);
  });

  it("answers CSV or Arrow alone where Accept asks for it", async () => {
    const [csv, arrow] = await Promise.all(
      ["text/csv", "application/vnd.apache.arrow.stream"].map((accept) =>
        post(transformOf(language), dense, { accept, "content-type": "text/csv" }),
      ),
    );
    expect([csv!.headers.get("content-type"), await csv!.text()]).toEqual(["text/csv", denseCsv]);
    const table = readArrowBytes(Buffer.from(await arrow!.arrayBuffer()));
    expect([table.rows, table.columns.map(({ name, type }) => `${name} ${type}`)]).toEqual([
      3,
      ["a float64", "b float64"],
    ]);
  });

  it("takes Matrix Market with the names of its columns", async () => {
    const body = form({ X: matrix, "X.colnames": "u\nv\n" }, { X: "in.mtx" });
    const headers = { accept: "text/csv" };
    const answer = await fetch(transformOf(language), { method: "POST", body, headers });
    expect(await answer.text()).toBe("u,v\n1.5,1.0\n0.0,0.0\n-2.25,0.0\n");
    const nameless = await post(transformOf(language), matrix, { ...headers, "content-type": "text/mtx" });
    expect((await nameless.text()).split("\n").slice(1)).toEqual(denseCsv.split("\n").slice(1));
  });

  it.each([
    ["returns nothing", "nothing", 500, "transform returned"],
    ["returns a text", "text", 500, "transform returned"],
    ["returns the target too", "tuple", 500, "transform returned"],
    ["leaves out a row", "rows", 500, "returned 2 rows for 3 input rows"],
    ["returns a column without a name", "nameless", 500, "a column without a name, number 2 of 2"],
    ["raises", "raise", 500, "no luck with 42"],
  ])("tells of a hook that %s", async (_title, what, status, words) => {
    const answer = await post(transformOf(language), `what,x\n${what},1.5\nb,2.5\nc,3.5\n`);
    const { message } = (await answer.json()) as { message: string };
    expect([answer.status, message]).toEqual([status, expect.stringContaining(words)]);
  });

  it("tells of a hook that returns no columns", async () => {
    const answer = await post(transformOf(language), "what,x\ncolumns,1.5\n");
    expect(answer.status).toBe(500);
    expect(((await answer.json()) as { message: string }).message).toMatch(/no columns|returned 0 rows/);
  });

  it("lets a hook choose status and words", async () => {
    const answer = await post(transformOf(language), "what,x\nrefuse,1.5\n");
    expect([answer.status, await answer.json()]).toEqual([418, { message: "no tea" }]);
    expect(answer.headers.get("x-drum-user-http-error")).toBe("true");
  });

  it.each([
    ["no part X", form({ x: rows }), "no file part named X"],
    ["an empty X", form({ X: "" }), "the part X is empty"],
    ["an empty y", form({ X: rows, y: "" }), "the part y is empty"],
    ["a y of other rows", form({ X: rows, y: "goal\n7\n8\n" }), "the target has 2 rows for 3 of input"],
    ["a broken y", form({ X: rows, y: 'goal\n"7\n' }), ""],
    ["a broken matrix", form({ X: "%%MatrixMarket nonsense\n" }, { X: "in.mtx" }), "Matrix Market"],
    [
      "names for other columns",
      form({ X: matrix, "X.colnames": "u\n" }, { X: "in.mtx" }),
      "1 column names came for 2 columns",
    ],
  ])("refuses %s with 422", async (_title, body, words) => {
    const answer = await sendForm(language, body);
    const { message } = (await answer.json()) as { message: string };
    expect([answer.status, message]).toEqual([422, expect.stringContaining(words)]);
  });

  it("refuses other media types with 422", async () => {
    const answer = await post(transformOf(language), "<X/>", { "content-type": "application/xml" });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("the content type is application/xml");
  });

  it("is the route that the others name", async () => {
    for (const route of ["predict", "predictions", "invocations", "predictUnstructured"]) {
      const answer = await post(`${server.url}/models/${language}/${route}`, rows);
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining("/transform/")]);
    }
  });

  it("is told of in /info/ and /capabilities/", async () => {
    const get = async (route: string) => (await fetch(`${server.url}/models/${language}/${route}/`)).json();
    expect(await get("info")).toMatchObject({
      targetType: "transform",
      language,
      stages: [{ stage: "transform", language }],
    });
    expect(await get("capabilities")).toMatchObject({ supported_methods: { transform: true } });
  });

  it("scores a file, into every format", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "drum-transform-"));
    const [input, denseInput] = ["in.csv", "dense.csv"].map((file) => path.join(folder, file));
    writeFileSync(input!, rows);
    writeFileSync(denseInput!, dense);
    const score = async (from: string, to: string) => {
      const words = ["--code-dir", folderOf(language), "--input", from, "--output", path.join(folder, to)];
      const { exitCode, stdout, stderr } = await drum(["score", ...words]);
      expect([exitCode, stdout], stderr).toEqual([0, ""]);
      return readFileSync(path.join(folder, to), "utf8");
    };
    expect(await score(input!, "out.csv")).toBe(`${transformed.replaceAll("\r\n", "\n")}\n`);
    expect(await score(denseInput!, "out.jsonl")).toContain('{"a":-2.25,"b":0.0}\n');
    expect(await score(denseInput!, "out.mtx")).toBe(matrix);
    expect(readFileSync(path.join(folder, "out.colnames"), "utf8")).toBe("a\nb");
  }, 120_000);
});

describe.each(withSparse)("in %s, a sparse matrix", (language) => {
  it("is answered as Matrix Market, with its names", async () => {
    expect(await partsOf(await post(transformOf(language), dense))).toEqual({
      "X.format": "sparse",
      "X.transformed": matrix,
      "X.colnames": "a\nb",
    });
  });

  it("comes back as it was sent", async () => {
    const body = form({ X: matrix, "X.colnames": "u\nv\n" }, { X: "in.mtx" });
    expect(await partsOf(await sendForm(language, body))).toEqual({
      "X.format": "sparse",
      "X.transformed": matrix,
      "X.colnames": "u\nv",
    });
  });
});

describe("in java, a matrix", () => {
  it("is answered as CSV, zeros and all", async () => {
    const parts = await partsOf(await post(transformOf("java"), dense));
    expect(parts).toEqual({
      "X.format": "csv",
      "X.transformed": denseCsv.trim().replaceAll("\n", "\r\n"),
    });
  });
});

describe("a model of the target type transform", () => {
  const own: Server[] = [];
  afterEach(async () => {
    await Promise.all(own.splice(0).map((one) => one.stop()));
  });
  const start = async (...words: Parameters<typeof serve>) => {
    own.push(await serve(...words));
    return own[0]!;
  };
  const metadata = { "model-metadata.yaml": "targetType: transform\n" };

  it("needs no hook where scikit-learn transforms, and a sparse result stays sparse", async () => {
    const custom = `import pandas as pd
from sklearn.preprocessing import OneHotEncoder

def load_model(code_dir):
    return OneHotEncoder().fit(pd.DataFrame({"city": ["Bonn", "Köln", "Ulm"]}))
`;
    const { url } = await start({
      words: ["--code-dir", codeDirectory({ "custom.py": custom, ...metadata })],
    });
    expect(await partsOf(await post(`${url}/transform/`, "city\nUlm\nBonn\n"))).toEqual({
      "X.format": "sparse",
      "X.transformed": "%%MatrixMarket matrix coordinate real general\n2 3 2\n2 1 1.0\n1 3 1.0\n",
      "X.colnames": "0\n1\n2",
    });
    const info = (await (await fetch(`${url}/info/`)).json()) as { predictor: string };
    expect(info.predictor).toBe("scikit-learn");
    const wrong = await post(`${url}/transform/`, "city\nTrier\n");
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining("Trier")]);
  });

  it("is served behind a prefix, with and without the trailing slash, and told in the OpenAPI document", async () => {
    const words = ["--code-dir", folderOf("python")];
    const { url } = await start({ words, variables: { URL_PREFIX: "/a/b" } });
    for (const route of ["/transform/", "/transform"]) {
      expect(await partsOf(await post(url + route, rows))).toMatchObject({ "X.format": "csv" });
    }
    expect((await fetch(`${url}/transform/`)).status).toBe(405);
    const { paths } = (await (await fetch(`${url}/docs/json`)).json()) as {
      paths: Record<string, { post: { requestBody: { content: object }; responses: object } }>;
    };
    const { requestBody, responses } = paths["/a/b/transform/"]!.post;
    expect(JSON.stringify(requestBody)).toContain('"y"');
    expect(JSON.stringify(responses)).toContain('"X.transformed"');
    expect(Object.keys(responses)).toEqual(["200", "413", "422", "500", "503", "504", "513"]);
  });

  it("is warmed by rows of its own", async () => {
    const folder = codeDirectory({
      "custom.py": `import os

def load_model(code_dir):
    return os.path.join(code_dir, "seen")

def transform(data, model):
    with open(model, "a") as file:
        file.write("%d " % len(data))
    return data
`,
      "rows.csv": "a\n1\n2\n",
      "model-metadata.yaml": "targetType: transform\nwarmup: rows.csv\n",
    });
    await start({ words: ["--code-dir", folder] });
    expect(readFileSync(path.join(folder, "seen"), "utf8")).toBe("2 ");
  });

  it("may be read in one language and transformed in another, which gets the target", async () => {
    const folder = codeDirectory({
      "custom.py":
        "import io\nimport pandas as pd\ndef read_input_data(data):\n    return pd.read_csv(io.BytesIO(data), sep=';')\n",
      "custom.R":
        "load_model <- function(code_dir) 3\ntransform <- function(data, model, y) data.frame(n = data$a * model, y = y[[1]])\n",
      ...metadata,
    });
    const { url } = await start({ words: ["--code-dir", folder] });
    const body = form({ X: "a;b\n1.5;x\n2.5;y\n", y: "goal\n7\n8\n" });
    const answer = await fetch(`${url}/transform/`, { method: "POST", body });
    expect((await partsOf(answer))["X.transformed"]).toBe("n,y\r\n4.5,7\r\n7.5,8");
    const { stages } = (await (await fetch(`${url}/info/`)).json()) as {
      stages: { stage: string; language: string }[];
    };
    expect(stages.map(({ stage, language }) => `${stage} in ${language}`)).toEqual([
      "transform in python",
      "transform in r",
    ]);
  });

  it("is swapped under its name", async () => {
    const { url } = await start({ words: ["--code-dir", folderOf("python")] });
    const body = JSON.stringify({ code_dir: folderOf("r") });
    const swapped = await post(`${url}/admin/swap`, body, adminHeaders({ url }));
    expect(swapped.status, await swapped.clone().text()).toBe(200);
    expect(await partsOf(await post(`${url}/transform/`, rows))).toMatchObject({
      "X.transformed": transformed,
    });
  });

  it.each([
    [
      "without a hook and a model that transforms",
      { "custom.py": "def load_model(code_dir):\n    return 1\n" },
      3,
      "define a transform hook",
    ],
    [
      "without a model",
      { "custom.py": "def transform(data, model):\n    return data\n" },
      3,
      "ARTIFACT_MISSING",
    ],
  ])("%s cannot be loaded", async (_title, files, exitCode, words) => {
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");
    const outcome = await drum(["score", "-cd", codeDirectory({ ...files, ...metadata }), "--input", input]);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(words);
  });

  it("has no predictions to compare", async () => {
    const input = path.join(codeDirectory({ "in.csv": rows }), "in.csv");
    const folders = ["python", "r"].flatMap((language) => ["--code-dir", folderOf(language)]);
    const outcome = await drum(["compare", ...folders, "--input", input]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain("which has no predictions to compare");
  });
});

describe("/transform/ of another kind of model", () => {
  it.each([
    ["regression", "/predict/"],
    ["unstructured", "/predictUnstructured/"],
  ])("%s is refused with 422, and the right route named", async (kind, route) => {
    const other = await serve({ words: ["--code-dir", path.join(fourFolder, kind, "python")] });
    try {
      const answer = await post(`${other.url}/transform/`, "a\n1\n");
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining(`to ${route}`)]);
    } finally {
      await other.stop();
    }
  });
});

it("is held to the output_requirements of typeSchema, over HTTP and in a file", async () => {
  const folder = codeDirectory({
    "custom.py": "def load_model(code_dir):\n    return 1\n\ndef transform(data, model):\n    return data\n",
    "model-metadata.yaml": `targetType: transform
typeSchema:
  output_requirements:
    - field: data_types
      condition: EQUALS
      value: NUM
`,
  });
  const strict = await serve({ words: ["--code-dir", folder] });
  try {
    const refused = await post(`${strict.url}/transform/`, "a,b\n1,x\n");
    expect([refused.status, await refused.json()]).toEqual([
      422,
      {
        message: expect.stringMatching(/^ERROR: the output does not fit typeSchema: .*found b \(CAT\)$/),
        is_schema_validation_error: true,
      },
    ]);
    expect((await post(`${strict.url}/transform/`, "a,b\n1,2\n")).status).toBe(200);
  } finally {
    await strict.stop();
  }
  const input = path.join(codeDirectory({ "in.csv": "a,b\n1,x\n" }), "in.csv");
  const { exitCode, stderr } = await drum(["score", "--code-dir", folder, "--input", input]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("TYPE_SCHEMA_VIOLATED")]);
});
