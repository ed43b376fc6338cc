// drum push as a user sees it: what arrives at the service, and the messages for errors.

import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CustomModelService } from "./custom-model-service.js";
import { codeDirectory, drum, freePort, interrupted, root } from "./drum.js";

const custom = `import pandas as pd
def load_model(code_dir): return 1
def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": data["a"] * 2})
`;
const general = `name: tides
type: inference
targetType: regression
environmentID: environment-1
inferenceModel:
  targetName: height
`;
const binary = `name: rain
type: inference
targetType: binary
environmentID: environment-1
inferenceModel:
  targetName: wet
  positiveClassLabel: wet
  negativeClassLabel: dry
  predictionThreshold: 0.4
`;
const multiclass = `name: sky
type: inference
targetType: multiclass
environmentID: environment-1
inferenceModel:
  targetName: colour
  classLabels:
    - blue
    - grey
    - red
`;

function folderWith(metadata: string, files: Record<string, string> = {}): string {
  return codeDirectory({ "custom.py": custom, "model-metadata.yaml": metadata, ...files });
}

let service: CustomModelService;
/** A home folder without a file of credentials, unless a test writes one. */
let home = "";
beforeEach(async () => {
  service = await CustomModelService.start();
  home = mkdtempSync(path.join(tmpdir(), "drum-home-"));
});
afterEach(() => service.stop());

function variables() {
  const { HOME, XDG_DATA_HOME } = process.env;
  // Uses the environments that are installed for the tests.
  const data = XDG_DATA_HOME ?? path.join(String(HOME), ".local", "share");
  const credentials = { DATAROBOT_ENDPOINT: `${service.url}/api/v2`, DATAROBOT_API_TOKEN: "secret-token" };
  return { HOME: home, XDG_DATA_HOME: data, ...credentials };
}

const push = (folder: string, words: string[] = [], further: Record<string, string> = {}) =>
  drum(["push", "--code-dir", folder, ...words], { ...variables(), ...further });

describe("drum push", () => {
  it("makes a custom model and a version of the folder's files, and prints ids and links", async () => {
    const folder = folderWith(`${general}description: How high the water stands\n`, {
      "däta.bin": "\0\r\n1",
    });
    mkdirSync(path.join(folder, "lib", "__pycache__"), { recursive: true });
    mkdirSync(path.join(folder, ".git"));
    const further = {
      "lib/tool.py": "x = 1\n",
      "lib/__pycache__/tool.pyc": "",
      ".git/HEAD": "",
      "old.pyc": "",
    };
    for (const [name, content] of Object.entries(further)) writeFileSync(path.join(folder, name), content);
    const { exitCode, stdout, stderr } = await push(folder);
    expect([exitCode, stderr, service.faults]).toEqual([0, "", []]);
    expect(service.models).toEqual([
      {
        customModelType: "inference",
        name: "tides",
        description: "How high the water stands",
        language: "python",
        targetType: "Regression",
        targetName: "height",
        supportsRegression: true,
      },
    ]);
    const [version] = service.versions;
    expect(version).toMatchObject({
      modelId: "model-1",
      isMajorUpdate: "True",
      baseEnvironmentId: "environment-1",
    });
    expect(version?.files.map(({ name }) => name)).toEqual([
      "custom.py",
      "däta.bin",
      "lib/tool.py",
      "model-metadata.yaml",
    ]);
    for (const { name, content } of version?.files ?? [])
      expect(content).toBe(readFileSync(path.join(folder, name), "utf8"));
    expect(stdout).toBe(
      `custom model model-1 (tides): ${service.url}/model-registry/custom-models/model-1\n` +
        `version 2.0, version-1: ${service.url}/api/v2/customModels/model-1/versions/version-1/\n` +
        "add modelID: model-1 to model-metadata.yaml to push the next version to it\n",
    );
  });

  it.each([
    [
      "binary",
      binary,
      {
        targetType: "Binary",
        supportsBinaryClassification: true,
        positiveClassLabel: "wet",
        negativeClassLabel: "dry",
        predictionThreshold: 0.4,
      },
    ],
    ["multiclass", multiclass, { targetType: "Multiclass", classLabels: ["blue", "grey", "red"] }],
    [
      "anomaly",
      general.replace("regression", "anomaly").replace(/inferenceModel:\n.*\n/, ""),
      { targetType: "Anomaly" },
    ],
  ])("tells of a %s model what the API wants to know", async (_title, metadata, fields) => {
    const { exitCode, stderr } = await push(folderWith(metadata));
    expect([exitCode, stderr, service.faults]).toEqual([0, "", []]);
    const [{ name: _name, targetName: _target, language: _language, ...model }] = service.models as [
      Record<string, unknown>,
    ];
    expect(model).toEqual({ customModelType: "inference", ...fields });
  });

  it("adds a version to the model of modelID, a minor one with majorVersion: false", async () => {
    const { exitCode, stdout } = await push(folderWith(`${general}modelID: model-7\nmajorVersion: false\n`));
    expect([exitCode, service.models, service.faults]).toEqual([0, [], []]);
    expect(service.versions).toMatchObject([{ modelId: "model-7", isMajorUpdate: "False" }]);
    expect(stdout).toContain("custom model model-7 (tides) has a new version");
  });

  it("scores validation.input first", async () => {
    const folder = folderWith(`${general}validation:\n  input: rows.csv\n`, { "rows.csv": "a\n1\n" });
    const { exitCode, stdout, stderr } = await push(folder, ["--verbose"]);
    expect([exitCode, service.versions.length]).toEqual([0, 1]);
    expect(stderr).toContain(`drum push: scoring ${folder}/rows.csv first, python at`);
    expect(stdout).not.toContain("Predictions");
  });

  it("sends nothing of a model that does not score its validation.input", async () => {
    const folder = folderWith(`${general}validation:\n  input: rows.csv\n`, { "rows.csv": "b\n1\n" });
    const { exitCode, stderr } = await push(folder);
    expect([exitCode, service.requests]).toEqual([1, []]);
    expect(stderr).toContain("HOOK_FAILED");
  });

  it("scores it in a container with --docker, and pushes from outside", async () => {
    const record = mkdtempSync(path.join(tmpdir(), "drum-docker-"));
    const scripted = {
      PATH: `${path.join(root, "e2e", "docker")}${path.delimiter}${process.env.PATH}`,
      DOCKER_RECORD: record,
    };
    const folder = folderWith(`${general}validation:\n  input: rows.csv\n`, { "rows.csv": "a\n1\n" });
    const { exitCode } = await push(folder, ["--docker", "image", "--memory", "1g"], scripted);
    expect([exitCode, service.versions.length, service.faults]).toEqual([0, 1, []]);
    const calls = readFileSync(path.join(record, "calls.jsonl"), "utf8");
    expect(calls).toContain(
      '"score","--code-dir","/opt/code","--input","/opt/input/rows.csv","--output","/dev/null"',
    );
    expect(calls).toContain('"--memory","1g"');
    writeFileSync(path.join(folder, "rows.csv"), "b\n1\n");
    const second = await push(folder, ["--docker", "image"], scripted);
    expect([second.exitCode, service.versions.length]).toEqual([1, 1]);
  });

  it("refuses --docker where there are no rows to score in a container", async () => {
    const { exitCode, stderr } = await push(folderWith(general), ["--docker", "image"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--docker has nothing to run")]);
  });

  it("needs no interpreter where there are no rows to score", async () => {
    const { exitCode } = await push(folderWith(general), ["--runtime", "python=/nowhere/python3"]);
    expect([exitCode, service.models[0]?.language, service.faults]).toEqual([0, "python", []]);
  });

  it("sends nothing of a folder that holds no model", async () => {
    const { exitCode, stderr } = await push(codeDirectory({ "model-metadata.yaml": general }));
    expect([exitCode, service.requests]).toEqual([3, []]);
    expect(stderr).toContain("CODE_DIRECTORY_EMPTY");
  });

  it("sends files of many megabytes whole", async () => {
    const large = "0123456789abcdef".repeat(2 ** 21);
    const { exitCode } = await push(folderWith(general, { "weights.bin": large }));
    const sent = service.versions[0]?.files.find(({ name }) => name === "weights.bin")?.content;
    expect([exitCode, sent === large]).toEqual([0, true]);
  });

  it("ends with 130 at an interrupt", async () => {
    service.answers["GET executionEnvironments/environment-1/"] = [
      { status: 503, headers: { "retry-after": "60" } },
    ];
    const words = ["push", "--code-dir", folderWith(general)];
    const { exitCode, stdout, stderr } = await interrupted(words, {
      variables: variables(),
      when: (printed) => printed.includes("retrying in 60 s"),
    });
    expect([exitCode, stdout, stderr]).toEqual([
      130,
      "",
      expect.stringContaining("drum push: ended by SIGINT"),
    ]);
  });
});

describe("address and token of drum push", () => {
  function writeCredentials(text: string): void {
    mkdirSync(path.join(home, ".config", "datarobot"), { recursive: true });
    writeFileSync(path.join(home, ".config", "datarobot", "drconfig.yaml"), text);
  }
  const without = { DATAROBOT_ENDPOINT: "", DATAROBOT_API_TOKEN: "" };

  it("may come from the file of DataRobot's clients", async () => {
    writeCredentials(`endpoint: ${service.url}/api/v2/\ntoken: secret-token\nssl_verify: true\n`);
    const { exitCode } = await push(folderWith(general), [], without);
    expect([exitCode, service.versions.length, service.faults]).toEqual([0, 1, []]);
  });

  it("come from the options before the variables", async () => {
    const words = ["--webserver", service.url, "--api-token", "secret-token"];
    const others = { DATAROBOT_ENDPOINT: "http://127.0.0.1:1", DATAROBOT_API_TOKEN: "another" };
    const { exitCode } = await push(folderWith(general), words, others);
    expect([exitCode, service.faults]).toEqual([0, []]);
  });

  it.each([
    [
      "a token alone",
      undefined,
      { ...without, DATAROBOT_API_TOKEN: "secret-token" },
      "no address of a service to push to",
    ],
    [
      "an address alone",
      undefined,
      { ...without, DATAROBOT_ENDPOINT: "http://h" },
      "there is no token for http://h",
    ],
    ["nothing", undefined, without, "no service to push to, and no file"],
    ["a file that lacks the token", "endpoint: http://h\n", without, "must have endpoint and token"],
    ["a file that is no YAML", "token: 'secret-token\n", without, "is not valid YAML"],
    [
      "an address that is none",
      "endpoint: h\ntoken: t\n",
      without,
      "must be a URL like https://app.example.com",
    ],
  ])("are missed with words: %s", async (_title, file, further, message) => {
    if (file !== undefined) writeCredentials(file);
    const { exitCode, stderr } = await push(folderWith(general), [], further);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("secret-token");
  });
});

describe("drum push tells", () => {
  const environment = "GET executionEnvironments/environment-1/";
  const create = "POST customModels/";
  const upload = "POST customModels/model-1/versions/";
  const json = { "content-type": "application/json" };
  const said = (status: number, body: object, headers = {}) => ({
    status,
    body: JSON.stringify(body),
    headers: { ...json, ...headers },
  });

  it.each([
    [
      "a token that the service rejects",
      environment,
      { status: 401 },
      "SERVICE_REFUSED",
      "401: the token was rejected",
    ],
    [
      "what the service forbids",
      create,
      said(403, { message: "Not yours." }),
      "SERVICE_REFUSED",
      "403: Not yours.; ask for the permission",
    ],
    [
      "what the service says of its refusal, without the token",
      create,
      said(422, { message: "Bad secret-token", errors: { name: "too long" } }),
      "SERVICE_REFUSED",
      'responded with 422: Bad ***** {"name":"too long"}',
    ],
    [
      "a service that fails",
      create,
      said(500, { message: "Oh." }),
      "SERVICE_AWAY",
      "responded with 500: Oh.",
    ],
    [
      "an address that has moved",
      environment,
      { status: 308, headers: { location: "https://elsewhere.example/" } },
      "SERVICE_REFUSED",
      "it redirects to https://elsewhere.example/",
    ],
    [
      "an address that is no API's",
      environment,
      { status: 200, body: "<html>", headers: { "content-type": "text/html" } },
      "SERVICE_REFUSED",
      "and no JSON object; check that the address belongs to the API",
    ],
    ["an answer without an id", create, said(201, {}), "SERVICE_REFUSED", "the response has no id"],
    [
      "which model was made when its version is refused",
      upload,
      said(422, { message: "No." }),
      "SERVICE_REFUSED",
      "422: No.; the custom model model-1 was created: add modelID: model-1 to",
    ],
  ])("%s", async (_title, request, answer, code, message) => {
    service.answers[request] = [answer];
    const { exitCode, stdout, stderr } = await push(folderWith(general));
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`drum: ${code}: `);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("secret-token");
  });

  it("that the service cannot be reached", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { exitCode, stderr } = await push(folderWith(general), [], { DATAROBOT_ENDPOINT: url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `SERVICE_AWAY: the execution environment could not be read: ${url} cannot be reached`,
    );
  });

  it("when it waits, and goes on when the service has time; the upload is whole then", async () => {
    const later = said(503, { message: "Later." }, { "retry-after": "0" });
    service.answers[create] = [later];
    service.answers[upload] = [said(429, {}, { "retry-after": new Date(0).toUTCString() }), later];
    const { exitCode, stderr } = await push(folderWith(general));
    expect([exitCode, service.models.length, service.faults]).toEqual([0, 1, []]);
    expect(service.versions[0]?.files.map(({ name }) => name)).toEqual(["custom.py", "model-metadata.yaml"]);
    expect(stderr).toContain("drum push: the service responded with 503; retrying in 0 s");
  });

  it("that it gave up after six tries", async () => {
    service.answers[environment] = Array(7).fill(said(429, { message: "Busy." }, { "retry-after": "0" }));
    const { exitCode, stderr } = await push(folderWith(general));
    expect([exitCode, service.requests.length]).toEqual([1, 6]);
    expect(stderr).toContain("SERVICE_AWAY");
    expect(stderr).toContain("429: Busy.; gave up after 6 attempts");
  });

  it("that the folder has no model-metadata.yaml", async () => {
    const { exitCode, stderr } = await push(codeDirectory({ "custom.py": custom }));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("has no model-metadata.yaml, which drum push needs"),
    ]);
  });

  it.each([
    ["no name", general.replace("name: tides\n", ""), "name is missing; add name"],
    ["no type", general.replace("type: inference\n", ""), ": type is missing; add type: inference"],
    ["no targetType", general.replace("targetType: regression\n", ""), "targetType is missing"],
    ["no environment", general.replace("environmentID: environment-1\n", ""), "environmentID is missing"],
    ["no target's name", general.replace("  targetName: height\n", "  predictionThreshold: 0.5\n"), "line 6"],
    [
      "a type that is trained first",
      general.replace("inference\n", "training\n"),
      "line 2, column 7: type is training, but drum push creates inference models",
    ],
    [
      "a target type that the service does not have",
      general.replace("regression", "geopoint"),
      "line 3, column 13: the service has no custom models of the target type geopoint",
    ],
    [
      "rows that are not there",
      `${general}validation:\n  input: none.csv\n`,
      "validation.input is none.csv, but the file",
    ],
  ])("of metadata with %s, before it asks the service", async (_title, metadata, message) => {
    const { exitCode, stderr } = await push(folderWith(metadata));
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect([stderr.startsWith("drum: METADATA_INVALID"), service.requests]).toEqual([true, []]);
  });

  it.each([
    [
      "an environment",
      general.replace("environment-1", "environment-2"),
      "line 4, column 16: environmentID is environment-2, but",
    ],
    ["a model", `${general}modelID: model-8\n`, "line 7, column 10: modelID is model-8, but"],
    [
      "a model of this type",
      `${binary}modelID: model-7\n`,
      "the custom model model-7 has the target type Regression, but the metadata have Binary",
    ],
  ])("that the service has not such %s, before anything is made", async (_title, metadata, message) => {
    const { exitCode, stderr } = await push(folderWith(metadata));
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect([service.models, service.versions]).toEqual([[], []]);
  });

  it.each([
    ["a broken link", "nowhere", "is a broken link"],
    ["a link to a folder that contains it", ".", "is a link to a folder that contains it"],
  ])("of %s", async (_title, target, message) => {
    const folder = folderWith(general);
    symlinkSync(target, path.join(folder, "link"));
    const { exitCode, stderr } = await push(folder);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
