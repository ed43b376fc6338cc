// schemathesis tests the server against the OpenAPI document it serves: it sends valid and invalid requests made from the document, and
// checks that the document allows every response. clients/schemathesis.toml says what is left out, and why.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import {
  adminHeaders,
  codeDirectory,
  fourFolder,
  modelsFolder,
  root,
  type ServerWishes,
  serve,
} from "./drum.js";

const program = path.join(root, ".setup", "clients", "bin", "schemathesis");
const hooks = path.join(root, "e2e", "clients", "schemathesis_hooks.py");
const exceptions = readFileSync(path.join(root, "e2e", "clients", "schemathesis.toml"), "utf8");

interface Kind extends ServerWishes {
  headers?: string[];
  /** Routes where the model raises on some requests: 500, as in DRUM. */
  raising?: string;
}

/** Predicts for anything that can be read as rows. */
const takesAnyRows = () =>
  codeDirectory({
    "custom.py":
      "import pandas as pd\n\ndef load_model(code_dir):\n    return 1.0\n\ndef score(data, model):\n    return pd.DataFrame({'Predictions': [model] * len(data)})\n",
  });

const rows = "/(predict|predictions|invocations)/?$";

describe("schemathesis finds no fault with the server of", () => {
  it.each<[string, () => Kind]>([
    ["a regression model", () => ({ words: ["--code-dir", takesAnyRows(), "--target-type", "regression"] })],
    [
      "an unstructured model",
      () => ({
        words: [
          "--code-dir",
          path.join(fourFolder, "unstructured", "python"),
          "--target-type",
          "unstructured",
        ],
        headers: ["X-Asked: schemathesis"],
      }),
    ],
    [
      "a chat model, whose hook needs messages",
      () => ({
        words: ["--code-dir", path.join(fourFolder, "chat", "python"), "--target-type", "textgeneration"],
        variables: { TARGET_NAME: "answer" },
        raising: `/chat/completions$|/infer(_stream)?$|${rows}`,
      }),
    ],
    [
      "several models, one of which takes its own columns alone",
      () => ({
        words: ["sklearn_regression", "sklearn_multiclass"].flatMap((name) => [
          "--code-dir",
          path.join(modelsFolder, name),
        ]),
        raising: rows,
      }),
    ],
  ])("%s", async (_title, kindOf) => {
    const { headers = [], raising, ...wishes } = kindOf();
    const server = await serve(wishes);
    const token = `Authorization: ${adminHeaders(server).authorization}`;
    // Its own folder, since schemathesis keeps what an earlier run found next to it, and tries that first.
    const folder = mkdtempSync(path.join(tmpdir(), "drum-schemathesis-"));
    const raises = `[[operations]]\ninclude-path-regex = '${raising}'\nchecks.not_a_server_error.enabled = false\n`;
    writeFileSync(path.join(folder, "schemathesis.toml"), raising ? `${exceptions}\n${raises}` : exceptions);
    const { exitCode, stdout } = await execa(
      program,
      [
        ["run", `${server.url}/docs/json`, "--url", server.url, "--phases", "examples,coverage,fuzzing"],
        ["--seed", "1", "--max-examples", "10", "--generation-database", "none"],
        ["--no-color", "--warnings", "off", ...[...headers, token].flatMap((header) => ["--header", header])],
      ].flat(),
      { cwd: folder, reject: false, env: { SCHEMATHESIS_HOOKS: hooks } },
    );
    // The server is still running, and its first model responds.
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
    await server.stop();
    expect(exitCode === 0 ? "" : stdout).toBe("");
    expect(stdout).toMatch(/\d{3} generated/);
  });
});
