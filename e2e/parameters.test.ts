// Runtime parameters and user secrets: hooks in four languages read them, and nothing else shows them.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, fourFolder, languages, post, type Server, serve } from "./drum.js";

const folderOf = (language: string) => path.join(fourFolder, "runtime-parameters", language);

const values = `TEXT: good day
COUNT: 7
LARGE: 5000000000
SHARE: 0.25
BASIC:
  credentialType: basic
  username: who-logs-in
  password: 'open "sesame"'
CLOUD:
  credentialType: s3
  awsAccessKeyId: AKIDRUMLINE
  awsSecretAccessKey: cloud/secret+key
  awsSessionToken: null
UPSTREAM: 65f0c0ffee
UNDEFINED: ignored
`;
const variables = {
  MLOPS_RUNTIME_PARAM_TEXT: '{"type":"string","payload":"overwritten"}',
  MLOPS_RUNTIME_PARAM_OUTSIDE: '{"type":"string","payload":"from outside"}',
  MLOPS_RUNTIME_PARAM_EMPTY: '{"type":"string","payload":""}',
  MLOPS_RUNTIME_PARAM_BROKEN: '{"type":"string',
  MLOPS_RUNTIME_PARAM_WRONG: '{"type":"numeric","payload":"5"}',
  MLOPS_RUNTIME_PARAM_UNTYPED: '{"type":"colour","payload":"red"}',
  MLOPS_RUNTIME_PARAM_BARE: '{"type":"credential","payload":{"token":"bare-token"}}',
  SAFE_token: '{"credential_type":"api_token","api_token":"token-of-a-variable"}',
  SAFE_database: '{"credential_type":"api_token","api_token":"hidden by the mount"}',
};
/** The texts that must not appear anywhere, in any form. */
const secrets = /who-logs-in|sesame|AKIDRUMLINE|cloud\/secret|bare-token|token-of-a|by-the-sea|PRIVATE/;

const folder = mkdtempSync(path.join(tmpdir(), "drum-parameters-"));
const valuesFile = path.join(folder, "values-by-the-sea.yaml");
const mount = path.join(folder, "secrets");

let server: Server;
beforeAll(async () => {
  mkdirSync(mount);
  writeFileSync(valuesFile, values);
  const database = { credential_type: "basic", username: "sailor", password: "by-the-sea" };
  writeFileSync(path.join(mount, "database"), JSON.stringify(database));
  const key = { credential_type: "gcp", gcp_key: { private_key: "-----PRIVATE-----\nPRIVATE1\nPRIVATE2\n" } };
  writeFileSync(path.join(mount, "cloud"), JSON.stringify(key));
  server = await serve({
    words: [
      ...languages.flatMap((language) => ["--code-dir", folderOf(language)]),
      ...["--runtime-params-file", valuesFile, "--user-secrets-mount-path", mount],
      ...["--user-secrets-prefix", "SAFE", "--verbose"],
    ],
    variables: { ...variables, DRUM_TOKEN: "admin-token-by-the-sea" },
  });
}, 120_000);
afterAll(async () => {
  await server?.stop();
});

async function ask(language: string, query: string, key: string) {
  const answer = await post(`${server.url}/models/${language}/predictUnstructured/?${query}`, key);
  return { status: answer.status, text: await answer.text() };
}

describe.each(languages)("a hook in %s", (language) => {
  it.each([
    ["TEXT", "text good day"],
    ["USUAL", "text as usual"],
    ["NOTHING", "nothing"],
    ["FLAG", "boolean true"],
    ["COUNT", "integer 7"],
    ["LARGE", "integer 5000000000"],
    ["SHARE", "number 0.25"],
    ["BASIC", 'map credentialType: text basic, password: text open "sesame", username: text who-logs-in'],
    [
      "CLOUD",
      "map awsAccessKeyId: text AKIDRUMLINE, awsSecretAccessKey: text cloud/secret+key, awsSessionToken: nothing, credentialType: text s3",
    ],
    ["SHORT", "map credentialType: text pin, pin: text abc"],
    ["UPSTREAM", "text 65f0c0ffee"],
    ["OUTSIDE", "text from outside"],
  ])("gets the parameter %s", async (key, told) => {
    expect(await ask(language, "do=get", key)).toEqual({ status: 200, text: told });
    expect(await ask(language, "do=has", key)).toEqual({ status: 200, text: "boolean true" });
  });

  it("gets them already while its file is read", async () => {
    expect((await ask(language, "do=first", "")).text).toBe("as usual, as usual");
  });

  it.each([
    [
      "BROKEN",
      'the runtime parameter "BROKEN" is not JSON of the form {type, payload}; correct the variable MLOPS_RUNTIME_PARAM_BROKEN',
    ],
    [
      "EMPTY",
      'the runtime parameter "EMPTY" must be a non-empty string, since its type is string; correct the variable MLOPS_RUNTIME_PARAM_EMPTY',
    ],
    [
      "WRONG",
      'the runtime parameter "WRONG" must be a number, since its type is numeric; correct the variable MLOPS_RUNTIME_PARAM_WRONG',
    ],
    [
      "UNTYPED",
      'the runtime parameter "UNTYPED" has an unknown type, expected one of string, boolean, numeric, credential, deployment; correct the variable MLOPS_RUNTIME_PARAM_UNTYPED',
    ],
    [
      "BARE",
      'the runtime parameter "BARE" must be a map with a credentialType, since its type is credential; correct the variable MLOPS_RUNTIME_PARAM_BARE',
    ],
  ])("is told in the same words what is wrong with %s", async (key, words) => {
    expect(await ask(language, "do=has", key)).toEqual({ status: 200, text: "boolean true" });
    const { status, text } = await ask(language, "do=get", key);
    expect([status, JSON.parse(text).message]).toEqual([500, expect.stringContaining(words)]);
  });

  it.each(["UNDEFINED", "NO SUCH"])("is told that %s is not set", async (key) => {
    expect((await ask(language, "do=has", key)).text).toBe("boolean false");
    const { text } = await ask(language, "do=get", key);
    const words = `the runtime parameter "${key}" is not set; define it in model-metadata.yaml, or ask has() first`;
    expect(JSON.parse(text).message).toContain(words);
  });

  it("gets user secrets from the mount and from variables", async () => {
    const secret = (key: string) => ask(language, "do=get&of=secrets", key);
    expect((await secret("database")).text).toBe(
      "map credential_type: text basic, password: text by-the-sea, username: text sailor",
    );
    expect((await secret("token")).text).toBe(
      "map api_token: text token-of-a-variable, credential_type: text api_token",
    );
    expect((await ask(language, "do=has&of=secrets", "token")).text).toBe("boolean true");
    expect((await ask(language, "do=has&of=secrets", "none")).text).toBe("boolean false");
    const { text } = await secret("none");
    expect(JSON.parse(text).message).toContain('the user secret "none" is not set; mount it');
  });

  it.each([
    ["BASIC", "do=print"],
    ["CLOUD", "do=print"],
    ["database", "do=print&of=secrets"],
    ["cloud", "do=print&of=secrets"],
    ["token", "do=print&of=secrets"],
  ])("prints %s without secrets to the log", async (key, query) => {
    const before = server.output().length;
    expect((await ask(language, query, key)).text).toBe("done");
    await eventually(() => /printed: map .*\*\*\*\*\*/.test(server.output().slice(before)));
  });

  it("raises with a secret, and neither the client nor the log sees it", async () => {
    const before = server.output().length;
    const { status, text } = await ask(language, "do=raise&of=secrets", "database");
    expect([status, JSON.parse(text).message]).toEqual([
      500,
      expect.stringContaining("cannot log in with map credential_type: text basic, password: text *****"),
    ]);
    await eventually(() => server.output().slice(before).includes("cannot log in with map"));
  });

  it("is described by /info/ and /stats/ without a value", async () => {
    const info = await (await fetch(`${server.url}/models/${language}/info/`)).text();
    expect(JSON.parse(info).runtimeParameters).toEqual(
      expect.arrayContaining([
        { name: "BASIC", type: "credential" },
        { name: "COUNT", type: "numeric" },
        { name: "BROKEN", type: null },
      ]),
    );
    const definitions = JSON.parse(info).modelMetadata.runtimeParameterDefinitions;
    expect(definitions).toContainEqual({ fieldName: "SHORT", type: "credential", defaultValue: "*****" });
    expect(definitions).toContainEqual({ fieldName: "USUAL", type: "string", defaultValue: "as usual" });
    expect(JSON.parse(info).userSecrets.sort()).toEqual(["cloud", "database", "token"]);
    expect(info).not.toMatch(/good day|65f0c0ffee|from outside/);
    const stats = await (await fetch(`${server.url}/models/${language}/stats/`)).text();
    // The command line names a file after a secret.
    expect(stats).toContain("values-*****.yaml");
    for (const text of [info, stats]) expect(text).not.toMatch(secrets);
  });
});

it("nothing of a secret is in the log when all has been asked", () => {
  expect(server.output()).toContain("*****");
  expect(server.output()).not.toMatch(secrets);
});

describe("drum score", () => {
  const files = {
    "model-metadata.yaml": `targetType: unstructured
runtimeParameterDefinitions:
  - fieldName: KEY
    type: credential
    defaultValue:
      credentialType: bearer
      token: the-default-token
  - fieldName: TIMES
    type: numeric
    defaultValue: 2
`,
    "custom.py": `from datarobot_drum import RuntimeParameters as P
def load_model(code_dir): return 1
def score_unstructured(model, data):
    if data == "raise": raise ValueError(P.get("KEY"))
    if data == "die":
        import os
        print(P.get("KEY"))
        os._exit(3)
    return "%s %s" % (P.get("TIMES"), P.get("KEY")["token"])
`,
    "values.yaml": "TIMES: 5\n",
    "text.txt": "x",
    "raise.txt": "raise",
    "die.txt": "die",
    "wrong.yaml": "TIMES: often\n",
    broken: "no JSON",
  };

  async function score(input: string, ...more: string[]) {
    const folder = codeDirectory(files);
    const words = ["score", "--code-dir", folder, "--input", path.join(folder, input)];
    const inFolder = (word: string) => (/\.yaml$|^\.$/.test(word) ? path.join(folder, word) : word);
    return drum([...words, ...more.map(inFolder)]);
  }

  it("answers with what the hook makes of defaults, and of the file", async () => {
    expect((await score("text.txt")).stdout).toBe("2 the-default-token");
    expect((await score("text.txt", "--runtime-params-file", "values.yaml")).stdout).toBe(
      "5 the-default-token",
    );
  });

  it.each(["raise.txt", "die.txt"])("masks what comes of %s", async (input) => {
    const { exitCode, stderr } = await score(input, "--show-stacktrace");
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("'token': '*****'")]);
    expect(stderr).not.toContain("the-default-token");
  });

  it("ends with 1 before anything starts when a parameter does not fit", async () => {
    const { exitCode, stderr } = await score("text.txt", "--runtime-params-file", "wrong.yaml");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^drum: PARAMETERS_INVALID: .*wrong\.yaml, line 1, column 8: the parameter TIMES must be a number, since its type is numeric/,
      ),
    ]);
  });

  it("ends with 1 when a secret cannot be read", async () => {
    // Treats all files of the code directory as secrets, and none is a valid one.
    const { exitCode, stderr } = await score("text.txt", "--user-secrets-mount-path", ".");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^drum: SECRETS_INVALID: the file .* is not a user secret/),
    ]);
  });
});

it("of several models, the one that a parameter does not fit is told, and the others serve", async () => {
  const plain = codeDirectory({
    "model-metadata.yaml": "targetType: unstructured\n",
    "custom.py":
      "def load_model(code_dir): return 1\ndef score_unstructured(model, data): return 'answered'\n",
  });
  const wrong = path.join(folder, "beside.yaml");
  writeFileSync(wrong, "COUNT: 11\n");
  const words = ["--code-dir", plain, "--code-dir", folderOf("python"), "--runtime-params-file", wrong];
  const several = await serve({ words, until: 513 });
  try {
    const answer = await post(`${several.url}/models/${path.basename(plain)}/predictUnstructured/`, "");
    expect(await answer.text()).toBe("answered");
    const health = await (await fetch(`${several.url}/models/python/health/`)).json();
    expect(health).toEqual({ message: expect.stringContaining("the parameter COUNT is out of range") });
  } finally {
    await several.stop();
  }
});

it("drum server ends with 1 for a parameter that does not fit, with an error server too", async () => {
  const wrong = path.join(folder, "wrong.yaml");
  writeFileSync(wrong, "COUNT: 11\n");
  const words = ["--code-dir", folderOf("python"), "--address", "127.0.0.1:0", "--with-error-server"];
  const { exitCode, stderr } = await drum(["server", ...words, "--runtime-params-file", wrong]);
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining(
      "wrong.yaml, line 1, column 8: the parameter COUNT is out of range, expected at most 10",
    ),
  ]);
});
