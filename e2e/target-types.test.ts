// Target types other than those of e2e/four.test.ts, with the same hooks in every language.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fourFolder, languages, post, type Server, serve } from "./drum.js";

let server: Server;
afterEach(async () => {
  await server?.stop();
});

/** One code directory per language, with the hooks of another target type. */
function folders(kind: string, metadata: string): string[] {
  const parent = mkdtempSync(path.join(tmpdir(), "drum-target-"));
  return languages.flatMap((language) => {
    const [from, folder] = [path.join(fourFolder, kind, language), path.join(parent, language)];
    const hooks = readdirSync(from).filter((file) => file.startsWith("custom."));
    for (const file of hooks) cpSync(path.join(from, file), path.join(folder, file));
    writeFileSync(path.join(folder, "model-metadata.yaml"), metadata);
    return ["--code-dir", folder];
  });
}

async function predictions(language: string, body: string | Buffer) {
  const answer = await post(`${server.url}/models/${language}/predict/`, body);
  return { status: answer.status, ...((await answer.json()) as { predictions?: unknown; message?: string }) };
}

const csv = readFileSync(path.join(fourFolder, "input.csv"));
const texts = ["north:23", "south:41", "east:67", "northwest:35", "s:52", "Zürich:19", "east, coast:80"];

describe.each(["vectordatabase", "agenticworkflow", "geopoint"])("%s", (type) => {
  it("predicts what the hook returns, in every language", async () => {
    const metadata = `targetType: ${type}\ninferenceModel:\n  targetName: answer\n`;
    server = await serve({ words: folders("textgeneration", metadata) });
    for (const language of languages) {
      expect(await predictions(language, csv)).toEqual({ status: 200, predictions: texts });
    }
  });
});

describe("multilabel", () => {
  it("takes probabilities that do not add up, by label, in every language", async () => {
    const metadata = 'targetType: multilabel\ninferenceModel:\n  classLabels:\n    - "no"\n    - "yes"\n';
    server = await serve({ words: folders("faults", metadata) });
    for (const language of languages) {
      expect(await predictions(language, "what\nsum\n")).toEqual({
        status: 200,
        predictions: [{ yes: 0.5, no: 0.25 }],
      });
      const wrong = await predictions(language, "what\nlabels\n");
      expect([wrong.status, wrong.message]).toEqual([500, expect.stringContaining("labels")]);
      const info = await (await fetch(`${server.url}/models/${language}/info/`)).json();
      expect(info).toMatchObject({ targetType: "multilabel", classLabels: ["no", "yes"] });
    }
  });
});

describe("texts for numbers", () => {
  const hooks: Record<(typeof languages)[number], [file: string, code: string]> = {
    python: [
      "custom.py",
      "import pandas as pd\n\ndef load_model(code_dir):\n    return 'model'\n\ndef score(data, model):\n    return pd.DataFrame({'Predictions': data.word.str[1:]})\n",
    ],
    r: [
      "custom.R",
      'load_model <- function(code_dir) "model"\n\nscore <- function(data, model, ...) data.frame(Predictions = substring(data$word, 2))\n',
    ],
    julia: [
      "custom.jl",
      'load_model(code_dir) = "model"\n\nscore(data, model) = (Predictions = [word[2:end] for word in data.word],)\n',
    ],
    java: [
      "custom.java",
      'import drumline.Table;\n\npublic class Custom {\n  public Object loadModel(String codeDir) {\n    return "model";\n  }\n\n  public Table score(Table data, Object model) {\n    String[] words = data.strings("word").clone();\n    for (int row = 0; row < words.length; row++) words[row] = words[row].substring(1);\n    return Table.of("Predictions", words);\n  }\n}\n',
    ],
  };

  it("are read where they are numerals, and refused in the same words else, in every language", async () => {
    const parent = mkdtempSync(path.join(tmpdir(), "drum-target-"));
    const words = languages.flatMap((language) => {
      const [file, code] = hooks[language];
      const folder = path.join(parent, language);
      mkdirSync(folder);
      writeFileSync(path.join(folder, file), code);
      writeFileSync(path.join(folder, "model-metadata.yaml"), "targetType: regression\n");
      return ["--code-dir", folder];
    });
    server = await serve({ words });
    for (const language of languages) {
      expect(await predictions(language, "word\nx0.5\nx-2e3\nx7\n")).toEqual({
        status: 200,
        predictions: [0.5, -2000, 7],
      });
      const refused = await predictions(language, "word\nx0.5\nxhigh\n");
      expect([language, refused.status, refused.message]).toEqual([
        language,
        500,
        'ERROR: the regression prediction holds "high" in row 1 (counted from 0), which is not a number; expected numbers; return numbers, or texts such as "0.5"',
      ]);
    }
  });
});
