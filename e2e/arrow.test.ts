// What pyarrow writes: compressed and coded columns, an index, and columns that are more than numbers and texts. In all four languages,
// as bodies and as files.

import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  codeDirectory,
  drum,
  fourFolder,
  languages,
  post,
  pythonModel,
  root,
  type Server,
  scored,
  serve,
} from "./drum.js";

const csv = path.join(fourFolder, "input.csv");
const folder = codeDirectory({});
const arrow = { "content-type": "application/x-apache-arrow-stream" };
const content = (name: string) => readFileSync(path.join(folder, name));

beforeAll(async () => {
  const python = path.join(root, ".setup", "clients", "bin", "python");
  await execa(python, [path.join(root, "e2e", "clients", "arrow_rows.py"), csv, folder]);
});

const sameRows = [
  "lz4.arrow",
  "lz4-stream.arrows",
  "zstd.arrow",
  "zstd-stream.arrows",
  "coded.arrows",
  "filtered.arrows",
  "filtered.parquet",
];

describe.each(languages)("a model in %s", (language) => {
  const model = path.join(fourFolder, "regression", language);
  let server: Server;
  let expected: unknown;
  beforeAll(async () => {
    server = await serve({ words: ["--code-dir", model] });
    expected = await (await post(`${server.url}/predict/`, readFileSync(csv))).json();
  });
  afterAll(() => server?.stop());

  it.each(sameRows)("predicts from a body and a form with %s as from CSV", async (name) => {
    const answer = await post(`${server.url}/predict/`, content(name), arrow);
    expect([answer.status, await answer.json()]).toEqual([200, expected]);
    const form = new FormData();
    form.set("X", new Blob([content(name)]), name);
    const other = await post(`${server.url}/predict/`, form, {});
    expect([other.status, await other.json()]).toEqual([200, expected]);
  });

  it("scores files as it scores CSV", async () => {
    const wanted = readFileSync(await scored(model, csv), "utf8");
    for (const name of ["lz4.arrow", "zstd-stream.arrows", "filtered.parquet"]) {
      const output = await scored(model, path.join(folder, name));
      expect([name, readFileSync(output, "utf8")]).toEqual([name, wanted]);
    }
  });
});

/** Hooks that answer the class of each column, and its values. */
const describing: Readonly<
  Record<(typeof languages)[number], [file: string, hooks: string, cells: string[][]]>
> = {
  python: [
    "custom.py",
    `import pandas as pd

def load_model(code_dir):
    return 1

def transform(data, model):
    cells = {name: ["%s %r" % (data[name].dtype, value) for value in data[name]] for name in data}
    cells["level"] = ["%s in %s" % (value, list(data["level"].cat.categories)) for value in data["level"]]
    return pd.DataFrame(cells)
`,
    [
      ["high in ['low', 'high', 'top']", "low in ['low', 'high', 'top']"],
      ["object Decimal('12345678901234567890.10')", "object Decimal('-0.50')"],
      ["object datetime.time(12, 30)", "object datetime.time(0, 0, 1, 5)"],
      ["timedelta64[ns] Timedelta('0 days 00:01:30')", "timedelta64[ns] Timedelta('-1 days +00:00:00')"],
    ],
  ],
  r: [
    "custom.R",
    `load_model <- function(code_dir) 1

transform <- function(data, model) {
  data$level <- paste(data$level, "in", paste(levels(data$level), collapse = " "))
  data$price <- paste(class(data$price), data$price * 2)
  data$at <- paste(class(data$at), data$at)
  data$span <- paste(class(data$span), units(data$span), as.numeric(data$span))
  data
}
`,
    [
      ["high in low high top", "low in low high top"],
      ["numeric 24691357802469134336", "numeric -1"],
      ["character 12:30:00", "character 00:00:01.000005"],
      ["difftime secs 90", "difftime secs -86400"],
    ],
  ],
  julia: [
    "custom.jl",
    `load_model(code_dir) = 1

told(column) = ["$(eltype(column)) $(value)" for value in column]

transform(data, model) = (level = told(data.level), price = told(data.price), at = told(data.at), span = told(data.span))
`,
    [
      ["String high", "String low"],
      ["Float64 1.2345678901234567e19", "Float64 -0.5"],
      ["String 12:30:00", "String 00:00:01.000005"],
      ["Dates.Nanosecond 90000000000 nanoseconds", "Dates.Nanosecond -86400000000000 nanoseconds"],
    ],
  ],
  java: [
    "custom.java",
    `import drumline.Column;
import drumline.Table;

public class Custom {
  public Integer loadModel(String codeDirectory) {
    return 1;
  }

  public Table transform(Table data, Integer model) {
    Table result = data;
    for (Column column : data.columns()) {
      String[] cells = new String[column.rows()];
      for (int row = 0; row < cells.length; row++) cells[row] = column.type() + " " + column.value(row);
      result = result.with(column.name(), cells);
    }
    return result;
  }
}
`,
    [
      ["STRING high", "STRING low"],
      ["DOUBLE 1.2345678901234567E19", "DOUBLE -0.5"],
      ["STRING 12:30:00", "STRING 00:00:01.000005"],
      ["LONG 90000000000", "LONG -86400000000000"],
    ],
  ],
};

describe.each(languages)("a hook in %s", (language) => {
  it("gets columns of every kind as its users know them", async () => {
    const [file, hooks, [level, price, at, span]] = describing[language];
    const model = codeDirectory({ [file]: hooks });
    const server = await serve({ words: ["--code-dir", model, "--target-type", "transform"] });
    try {
      for (const name of ["kinds.arrows", "kinds-labelled.arrows"]) {
        const answer = await post(`${server.url}/transform/`, content(name), {
          ...arrow,
          accept: "text/csv",
        });
        const text = await answer.text();
        expect([name, answer.status, text.replaceAll('"', "").trimEnd().split("\n")]).toEqual([
          name,
          200,
          [
            "level,price,at,span",
            ...[0, 1].map((row) => [level, price, at, span].map((cells) => cells![row]).join()),
          ],
        ]);
      }
    } finally {
      await server.stop();
    }
  });
});

describe("in Python", () => {
  it("the index is restored, and answered beside extra output", async () => {
    const hooks = `
def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": 1.0, "label": data.index.astype(str)}, index=data.index)
`;
    const server = await serve({ words: ["--code-dir", pythonModel(hooks), "--target-type", "regression"] });
    try {
      for (const name of ["filtered.arrows", "filtered.parquet"]) {
        const answer = await post(`${server.url}/predict/`, content(name), arrow);
        const { extraModelOutput: extra } = (await answer.json()) as {
          extraModelOutput: { index: number[]; data: string[][] };
        };
        expect(extra.index.slice(0, 3)).toEqual([1, 4, 7]);
        expect(extra.data.slice(0, 3)).toEqual([["1"], ["4"], ["7"]]);
      }
    } finally {
      await server.stop();
    }
  });
});

describe("drum server and drum score", () => {
  const model = path.join(fourFolder, "regression", "python");
  let server: Server;
  beforeAll(async () => {
    server = await serve({ words: ["--code-dir", model, "--max-body-size", "1MB"] });
  });
  afterAll(() => server?.stop());

  it.each([
    ["runs.arrows", 'the column "age" has the Arrow type RunEndEncoded; decode it'],
    ["months.arrows", 'the column "age" has the Arrow extension type pandas.period; '],
    [
      "nanoseconds.arrows",
      'the column "age" holds 1 nanoseconds, and times are read in whole microseconds; round',
    ],
  ])("refuse %s by column", async (name, words) => {
    const answer = await post(`${server.url}/predict/`, content(name), arrow);
    expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
      422,
      expect.stringContaining(words),
    ]);
    const outcome = await drum(["score", "--code-dir", model, "--input", path.join(folder, name)]);
    expect([outcome.exitCode, outcome.stderr]).toEqual([1, expect.stringContaining(words)]);
  });

  it.each(["large-lz4.arrows", "large-zstd.arrows", "large.parquet"])(
    "refuse %s, whose columns unpack beyond the limit, in bodies and forms",
    async (name) => {
      const form = new FormData();
      form.set("X", new Blob([content(name)]), name);
      const answers = [
        await post(`${server.url}/predict/`, content(name), arrow),
        await post(`${server.url}/predict/`, form, {}),
      ];
      for (const answer of answers) {
        expect([answer.status, await answer.text()]).toEqual([413, expect.stringMatching(/unpacks? to /)]);
      }
    },
  );
});
