// A new language is one folder: the toy worker runs from a temporary folder without a change to the supervisor.

import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { codeDirectory, drum, post, root, serve } from "./drum.js";

const home = codeDirectory({});
cpSync(path.join(root, "e2e", "workers", "toy"), path.join(home, "toy"), { recursive: true });
const folder = codeDirectory({ "model.toy": "2.5" });
const variables = { DRUM_WORKERS: home };

it("a toy language scores, serves and logs like any other", async () => {
  const input = path.join(codeDirectory({ "in.csv": "a,b\n1,2\n3,4\n" }), "in.csv");
  const output = path.join(home, "out.csv");
  const words = ["--code-dir", folder, "--target-type", "regression"];
  const scored = await drum(["score", ...words, "--input", input, "--output", output], variables);
  expect(scored).toMatchObject({ exitCode: 0 });
  expect(scored.stderr).toContain("[toy-1] toy model loaded");
  expect(readFileSync(output, "utf8")).toBe("Predictions\n7.5\n17.5\n");

  const server = await serve({ words: [...words, "--max-workers", "2"], variables });
  try {
    expect(await (await post(`${server.url}/predict/`, "a,b\n1,2\n")).json()).toEqual({ predictions: [7.5] });
    const info = (await (await fetch(`${server.url}/info/`)).json()) as object;
    expect(info).toMatchObject({ language: "toy", predictor: "toy" });
  } finally {
    await server.stop();
  }
});
