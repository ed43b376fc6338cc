// Target types other than those of e2e/four.test.ts, with the same hooks in every language.

import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
