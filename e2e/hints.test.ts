// What the error of a failed prediction says of the columns that came, for the same hook in every language.

import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  codeDirectory,
  drum,
  fourFolder,
  languages,
  main,
  model,
  post,
  pythonModel,
  type Server,
  serve,
} from "./drum.js";

let server: Server;
const sklearn = model("sklearn_regression");

beforeAll(async () => {
  const folders = languages.map((language) => path.join(fourFolder, "regression", language));
  server = await serve({ words: [...folders, sklearn.folder].flatMap((folder) => ["--code-dir", folder]) });
});
afterAll(async () => {
  await server?.stop();
});

async function refusal(name: string, body: string) {
  const answer = await post(`${server.url}/models/${name}/predict/`, body, { "content-type": "text/csv" });
  return { status: answer.status, message: ((await answer.json()) as { message: string }).message };
}

async function predicted(name: string, body: string) {
  const answer = await post(`${server.url}/models/${name}/predict/`, body);
  const { predictions, message } = (await answer.json()) as { predictions: unknown[]; message?: string };
  expect(answer.status, message).toBe(200);
  return predictions;
}

const separated = "; the CSV seems to be separated by semicolons; separate its cells by commas";

describe.each(languages)("in %s", (language) => {
  it("a hook that lacks a column is told of those that came", async () => {
    const { status, message } = await refusal(language, "age,bmi,smoker\n23,21.5,FALSE\n");
    // Java's tables name them themselves.
    const words =
      language === "java" ? "only age, bmi, smoker" : "; the input has the columns age, bmi, smoker";
    expect([status, message]).toEqual([500, expect.stringContaining(words)]);
  });

  it("a CSV with semicolons is told of them", async () => {
    const { message } = await refusal(language, "age;bmi;smoker;region;visits\n23;21.5;FALSE;north;1\n");
    expect(message).toContain(separated);
  });

  it("JSON that is sent as CSV is told so", async () => {
    for (const body of ['[{"age": 23}]', '{"columns": ["age"], "data": [[23]]}\n']) {
      const { message } = await refusal(language, body);
      expect(message).toContain("the body begins like JSON; send it with the Content-Type application/json");
    }
  });

  it("an error that quotes a long input is cut", async () => {
    const wide = `${Array.from({ length: 20_000 }, (_, at) => `column${at}`).join(",")}\n`;
    const { message } = await refusal(language, wide + wide);
    expect(message.length).toBeLessThan(5000);
  });

  it("a row that is shorter than the header is told once, and filled", async () => {
    const [header, whole] = ["age,bmi,smoker,region,visits\n", "23,21.5,FALSE,north,1\n"];
    const words = new RegExp(`WARN: ${language}: line \\d+ of the CSV has .* cells`, "g");
    const send = async (csv: string) => (await predicted(language, csv)).length;
    expect(await send(header + whole + whole)).toBe(2);
    expect(server.output()).not.toMatch(words);
    expect(await send(`${header}${whole}23,21.5,FALSE,north\n${whole}`)).toBe(3);
    expect(await send(`${header}23,21.5,FALSE,north\n`)).toBe(1);
    expect(server.output().match(words)).toEqual([
      `WARN: ${language}: line 3 of the CSV has 4 of the header's 5 cells`,
    ]);
  });

  it("a CSV with semicolons and decimal commas is told of them", async () => {
    const { message } = await refusal(language, "age;bmi;smoker;region;visits\n23;21,5;FALSE;north;1\n");
    expect(message).toContain(separated);
  });
});

describe("a hook of any table", () => {
  const hook = pythonModel(
    'def score(data, model, **kwargs):\n    return pd.DataFrame({"Predictions": data.isna().sum(axis=1)})',
  );
  const rows = "1,2\n".repeat(20_000);
  it.each([
    ["a short file", "a,b\n1,2\n3\n", 3],
    ["a long one", `a,b\n${rows}3\n${rows}`, 20_002],
  ])("drum score tells the first short row of %s", async (_title, text, line) => {
    const folder = codeDirectory({ "in.csv": text });
    for (const input of [path.join(folder, "in.csv"), "-"]) {
      const words = ["score", "--code-dir", hook, "--target-type", "regression", "--input", input];
      const { stderr, exitCode } = await execa(process.execPath, [main, ...words], { input: text });
      expect([exitCode, stderr]).toEqual([
        0,
        expect.stringContaining(`line ${line} of the CSV has 1 of the header's 2 cells; the others,`),
      ]);
    }
  });

  it("is told of none in a CSV of whole rows", async () => {
    const input = path.join(codeDirectory({ "in.csv": `a,b\n${rows}\n"1,\n2",\n` }), "in.csv");
    const words = ["score", "--code-dir", hook, "--target-type", "regression", "--input", input];
    const { stderr, exitCode } = await drum(words);
    expect([exitCode, stderr]).toEqual([0, ""]);
  });
});

describe("a built-in predictor", () => {
  it("is told of tabs where it wants several columns", async () => {
    const { status, message } = await refusal("sklearn_regression", sklearn.csv.replaceAll(",", "\t"));
    expect([status, message]).toEqual([422, expect.stringMatching(/the data lacks .* separated by tabs; /)]);
  });
});
