import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { statusOf } from "./api/http/errors.js";
import { DrumError, errorCodes, exitCodeOf, supervisorErrorCodes } from "./errors.js";
import { hide } from "./masking.js";

const documented = [
  ...readFileSync(path.resolve(import.meta.dirname, "../docs/errors.md"), "utf8").matchAll(
    /^\| `([A-Z_0-9]+)` +\| (.+?) +\| (\d+) +\|$/gm,
  ),
].map(([, code, meaning, status]) => ({ code, meaning, status: Number(status) }));

describe("the catalogue of errors", () => {
  it("is listed in docs/errors.md, with the same HTTP statuses", () => {
    const statuses = errorCodes.map((code) => [code, statusOf(new DrumError(code, "words"))]);
    expect(documented.map(({ code, status }) => [code, status])).toEqual(statuses);
  });

  it("gives the supervisor's own codes the meanings in docs/errors.md", () => {
    const meanings = documented.map(({ code, meaning }) => [code, meaning]);
    expect(Object.fromEntries(meanings)).toMatchObject(supervisorErrorCodes);
  });

  it.each([
    ["USAGE", 2],
    ["CODE_DIRECTORY_MISSING", 2],
    ["CODE_DIRECTORY_EMPTY", 3],
    ["MODEL_NOT_LOADED", 3],
    ["TYPE_SCHEMA_VIOLATED", 3],
    ["METADATA_INVALID", 1],
    ["PARAMETERS_INVALID", 1],
    ["SECRETS_INVALID", 1],
    ["HOOK_FAILED", 1],
    ["PREDICTIONS_INVALID", 1],
  ] as const)("%s ends a command with %i", (code, exitCode) => {
    expect(exitCodeOf(new DrumError(code, "words"))).toBe(exitCode);
  });

  it("an error shows no secret in its words, its traceback or its stack", () => {
    hide({ password: "open-sesame" });
    const error = new DrumError("HOOK_FAILED", "no entry: open-sesame", { traceback: "at open-sesame" });
    expect([error.message, error.traceback]).toEqual(["no entry: *****", "at *****"]);
    expect(error.stack).not.toContain("open-sesame");
  });

  it("anything other than a DrumError ends a command with 1", () => {
    expect(exitCodeOf(new TypeError("a fault of ours"))).toBe(1);
  });
});
