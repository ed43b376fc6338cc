// What the error of a failed prediction says of the columns that came, for the same hook in every language.

import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fourFolder, languages, model, post, type Server, serve } from "./drum.js";

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

  it("a CSV with semicolons and decimal commas is told of them", async () => {
    const { message } = await refusal(language, "age;bmi;smoker;region;visits\n23;21,5;FALSE;north;1\n");
    expect(message).toContain(separated);
  });
});

describe("a built-in predictor", () => {
  it("is told of tabs where it wants several columns", async () => {
    const { status, message } = await refusal("sklearn_regression", sklearn.csv.replaceAll(",", "\t"));
    expect([status, message]).toEqual([422, expect.stringMatching(/the data lacks .* separated by tabs; /)]);
  });
});
