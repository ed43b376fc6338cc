// Runtime parameters: from a file or by default, as DRUM's own class gives them to Python hooks.

import path from "node:path";
import { expect, it } from "vitest";
import { codeDirectory, drum } from "./drum.js";

const files = {
  "model-metadata.yaml": `targetType: unstructured
runtimeParameterDefinitions:
  - fieldName: GREETING
    type: string
    defaultValue: hello
  - fieldName: TIMES
    type: numeric
    defaultValue: 2
  - fieldName: KEY
    type: credential
`,
  "custom.py": `from datarobot_drum import RuntimeParameters as P
def load_model(code_dir): return 1
def score_unstructured(model, data):
    key = P.get("KEY") if P.has("KEY") else None
    return "%s %s %s" % (P.get("GREETING"), P.get("TIMES"), key and key["token"])
`,
  "values.yaml": "GREETING: good day\nKEY:\n  credentialType: bearer\n  token: abc\n",
  "wrong.yaml": "TIMES: often\n",
  "in.txt": "x",
};

async function score(...more: string[]) {
  const folder = codeDirectory(files);
  const words = ["score", "--code-dir", folder, "--input", path.join(folder, "in.txt")];
  return drum([...words, ...more.map((word) => (word.endsWith(".yaml") ? path.join(folder, word) : word))]);
}

it("are the defaults without a file", async () => {
  const { stdout, stderr } = await score();
  expect(stdout, stderr).toBe("hello 2 None");
});

it("are those of the file", async () => {
  const { stdout, stderr } = await score("--runtime-params-file", "values.yaml");
  expect(stdout, stderr).toBe("good day 2 abc");
});

it("that do not fit end the command before anything starts", async () => {
  const { exitCode, stderr } = await score("--runtime-params-file", "wrong.yaml");
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringContaining("the parameter TIMES is of the type numeric, expected a number"),
  ]);
});
