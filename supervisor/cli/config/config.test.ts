import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { DrumError } from "../../errors.js";
import { mask } from "../../masking.js";
import { readPlaces } from "../../places.js";
import { commandNamed } from "../commands/list.js";
import { readConfig } from "./command.js";
import type { Flags } from "./given.js";
import { givenValues } from "./given.js";
import { parseAddress } from "./parse.js";
import { readSettings } from "./settings.js";

const folder = mkdtempSync(path.join(tmpdir(), "drum-config-"));
const file = path.join(folder, "input.csv");
const labels = path.join(folder, "labels.txt");
writeFileSync(file, "a\n1\n");
writeFileSync(labels, "red\n\ngreen\n");

const configOf = (name: string, flags: Flags, variables: Record<string, string>) =>
  readConfig(commandNamed(name), flags, variables).config;

const scoring = { "code-dir": folder, input: file };
const serving = { "code-dir": folder, address: "localhost:1234" };

describe("readConfig takes", () => {
  it.each<[string, string, Flags, Record<string, string>, object]>([
    [
      "a flag before its variable",
      "score",
      { ...scoring, "target-type": "binary" },
      { TARGET_TYPE: "regression" },
      { targetType: "binary" },
    ],
    [
      "a variable if there is no flag",
      "score",
      scoring,
      { TARGET_TYPE: "regression" },
      { targetType: "regression" },
    ],
    [
      "the locations of user secrets from their variables",
      "score",
      scoring,
      { USER_SECRETS_MOUNT_PATH: "/run/secrets", USER_SECRETS_PREFIX: "MINE" },
      { secretsMountPath: "/run/secrets", secretsPrefix: "MINE" },
    ],
    [
      "a required option from its variable",
      "score",
      { input: file },
      { CODE_DIR: folder },
      { codeDirectories: [folder], isOneOfSeveral: false },
    ],
    [
      "labels from a variable, split at white space",
      "score",
      scoring,
      { CLASS_LABELS: "a  b c" },
      { classLabels: ["a", "b", "c"] },
    ],
    [
      "labels from a file without its empty lines",
      "score",
      { ...scoring, "class-labels-file": labels },
      {},
      { classLabels: ["red", "green"] },
    ],
    [
      "a labels flag before the variable of its rival",
      "score",
      { ...scoring, "class-labels-file": labels },
      { CLASS_LABELS: "a b" },
      { classLabels: ["red", "green"] },
    ],
    [
      "words for true in a flag's variable",
      "server",
      serving,
      { WITH_ERROR_SERVER: "Yes" },
      { withErrorServer: true },
    ],
    [
      "words for false in a flag's variable",
      "server",
      serving,
      { WITH_ERROR_SERVER: "off" },
      { withErrorServer: false },
    ],
    ["an empty variable as unset", "server", serving, { MAX_WORKERS: "" }, { workers: { maxWorkers: 1 } }],
    [
      "sizes with units",
      "server",
      { ...serving, "max-body-size": "1.5MB" },
      {},
      { workers: { maxBodySize: 1_572_864 } },
    ],
    [
      "seconds as milliseconds",
      "server",
      { ...serving, "request-timeout": "2.5" },
      {},
      { workers: { requestTimeout: 2500 } },
    ],
    [
      "no request timeout for drum score by default",
      "score",
      scoring,
      {},
      { workers: { requestTimeout: Number.POSITIVE_INFINITY } },
    ],
    [
      "URL_PREFIX with and without its slashes",
      "server",
      serving,
      { URL_PREFIX: "a/b/" },
      { urlPrefix: "/a/b" },
    ],
    [
      "interpreters by language",
      "score",
      { ...scoring, runtime: ["python=/x=y"] },
      {},
      { runtimes: { python: "/x=y" } },
    ],
    [
      "--verbose as at least the level info",
      "score",
      { ...scoring, verbose: true },
      {},
      { loggingLevel: "info" },
    ],
    [
      "DRUM's level names",
      "score",
      { ...scoring, "logging-level": "critical" },
      {},
      { loggingLevel: "fatal" },
    ],
  ])("%s", (_title, command, flags, environment, expected) => {
    expect(configOf(command, flags, environment)).toMatchObject(expected);
  });
});

describe("readConfig refuses", () => {
  it.each<[string, string, Flags, Record<string, string>, string]>([
    [
      "a ratio without a baseline",
      "perf-test",
      { ...scoring, "max-ratio": "2" },
      {},
      "--max-ratio needs --baseline",
    ],
    ["zero iterations", "perf-test", { ...scoring, iterations: "0" }, {}, "--iterations must be"],
    [
      "two code directories for a command that tests one",
      "validation",
      { ...scoring, "code-dir": [folder, folder] },
      {},
      "--code-dir was given 2 times; give it once",
    ],
    [
      "a missing required option, naming its variable",
      "score",
      { input: file },
      {},
      "--code-dir is required (or the variable CODE_DIR)",
    ],
    [
      "a code directory that does not exist",
      "score",
      { ...scoring, "code-dir": "/nowhere" },
      {},
      "--code-dir must name a folder, found nothing at /nowhere",
    ],
    ["a code directory that is a file", "score", { ...scoring, "code-dir": file }, {}, "found a file"],
    [
      "an input that does not exist",
      "score",
      { ...scoring, input: "/nowhere" },
      {},
      "--input must name a file, found nothing",
    ],
    [
      "an unknown target type",
      "score",
      { ...scoring, "target-type": "guess" },
      {},
      "--target-type must be one of regression, binary",
    ],
    [
      "only one of the two binary labels",
      "score",
      { ...scoring, "positive-class-label": "1" },
      {},
      "without --negative-class-label",
    ],
    [
      "both ways of giving labels",
      "score",
      { ...scoring, "class-labels": ["a", "b"], "class-labels-file": labels },
      {},
      "keep one of them",
    ],
    [
      "a single class label",
      "score",
      { ...scoring, "class-labels": ["a"] },
      {},
      "at least two labels, got 1",
    ],
    [
      "a repeated class label",
      "score",
      { ...scoring, "class-labels": ["a", "a"] },
      {},
      'the label "a" twice',
    ],
    [
      "zero workers",
      "server",
      { ...serving, "max-workers": "0" },
      {},
      '--max-workers must be a whole number above 0, got "0"',
    ],
    [
      "--max-ratio without --baseline",
      "perf-test",
      { ...scoring, "max-ratio": "2" },
      {},
      "--max-ratio needs --baseline",
    ],
    ["a word instead of a number", "server", { ...serving, "max-workers": "two" }, {}, 'got "two"'],
    [
      "a flag's variable that is not a boolean",
      "server",
      serving,
      { WITH_ERROR_SERVER: "perhaps" },
      'WITH_ERROR_SERVER must be true or false, got "perhaps"',
    ],
    ["an invalid size", "server", { ...serving, "max-body-size": "lots" }, {}, "must be a size like 64MB"],
    ["an invalid time", "server", { ...serving, "request-timeout": "-1" }, {}, "a number of seconds above 0"],
    [
      "a runtime without a language",
      "score",
      { ...scoring, runtime: ["/usr/bin/python3"] },
      {},
      "--runtime must be LANGUAGE=PATH",
    ],
  ])("%s", (_title, command, flags, environment, words) => {
    let thrown: DrumError | undefined;
    try {
      configOf(command, flags, environment);
    } catch (error) {
      thrown = error as DrumError;
    }
    expect(thrown?.message).toContain(words);
    expect(["USAGE", "CODE_DIRECTORY_MISSING", "INPUT_FILE_MISSING"]).toContain(thrown?.code);
  });

  it("a write to the returned configuration", () => {
    const config = configOf("score", scoring, {}) as { input: string };
    expect(() => {
      config.input = "other.csv";
    }).toThrow(TypeError);
  });
});

describe("parseAddress", () => {
  it.each([
    ["localhost:6789", "localhost", 6789],
    ["0.0.0.0", "0.0.0.0", 8080],
    [":9000", "127.0.0.1", 9000],
    ["9000", "127.0.0.1", 9000],
    ["[::1]:80", "::1", 80],
    ["http://localhost:6789/", "localhost", 6789],
  ])("reads %s", (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });

  it.each(["a:b:c", "localhost:99999", "localhost:http", "a b"])("rejects %s", (text) => {
    expect(() => parseAddress(text)).toThrow("--address must be HOST[:PORT]");
  });
});

describe("readPlaces", () => {
  it("gives workers the environment without the supervisor's secrets", () => {
    const { workerEnvironment } = readPlaces({ API_TOKEN: "secret", AWS_REGION: "x" });
    expect(workerEnvironment).toEqual({ AWS_REGION: "x" });
  });

  it("puts worker folders of DRUM_WORKERS before the package's own", () => {
    const { workerFolders, packageDirectory } = readPlaces({ DRUM_WORKERS: "/a:/b" });
    expect(workerFolders).toEqual(["/a", "/b", path.join(packageDirectory, "workers")]);
  });

  it("keeps environments in DRUM_HOME, or else below XDG_DATA_HOME", () => {
    expect(readPlaces({ DRUM_HOME: "/h", XDG_DATA_HOME: "/x" }).dataDirectory).toBe("/h");
    expect(readPlaces({ XDG_DATA_HOME: "/x" }).dataDirectory).toBe("/x/drumline");
  });
});

it("the value of an option that is a secret is masked, whatever becomes of it", () => {
  const option = { name: "api-token", kind: "text", help: "", group: "Monitoring" } as const;
  givenValues({ option }, { "api-token": "token-on-the-line" }, {});
  expect(mask("drum --api-token=token-on-the-line")).toBe("drum --api-token=*****");
});
it.each(["score", "server", "compare", "fit", "validation", "perf-test", "new model"])(
  "the settings of drum %s include TARGET_NAME",
  (name) => {
    const settings = readSettings(commandNamed(name), new Map(), { TARGET_NAME: "price" });
    expect(settings).toContainEqual({ name: "TARGET_NAME", value: "price", source: "variable TARGET_NAME" });
  },
);

it("readConfig masks tokens from then on", () => {
  configOf("server", serving, { DRUM_TOKEN: "token-of-ours", DATAROBOT_API_TOKEN: "token-of-theirs" });
  expect(mask("token-of-ours, token-of-theirs")).toBe("*****, *****");
});

describe("the settings of an MLServer repository", () => {
  const repository = mkdtempSync(path.join(tmpdir(), "drum-repository-"));
  mkdirSync(path.join(repository, "one"));
  const served = (settings: unknown, flags: Flags = {}, variables: Record<string, string> = {}) => {
    const text = typeof settings === "string" ? settings : JSON.stringify(settings);
    writeFileSync(path.join(repository, "settings.json"), text);
    return configOf("server", { "model-dir": repository, ...flags }, variables) as {
      address: object;
      workers: { maxWorkers: number };
    };
  };

  it.each<[string, object, Flags, Record<string, string>, object, number]>([
    [
      "from the file",
      { host: "0.0.0.0", http_port: 9090, parallel_workers: 3 },
      {},
      {},
      { host: "0.0.0.0", port: 9090 },
      3,
    ],
    ["with the loopback without a host", { http_port: 9090 }, {}, {}, { host: "127.0.0.1", port: 9090 }, 1],
    ["with the usual port without one", { host: "::1" }, {}, {}, { host: "::1", port: 8080 }, 1],
    [
      "from variables",
      {},
      {},
      { MLSERVER_HTTP_PORT: "7070", MLSERVER_PARALLEL_WORKERS: "0" },
      { host: "127.0.0.1", port: 7070 },
      1,
    ],
    [
      "from the file before variables",
      { http_port: 9090 },
      {},
      { MLSERVER_HTTP_PORT: "7070" },
      { host: "127.0.0.1", port: 9090 },
      1,
    ],
    [
      "from flags before the file",
      { http_port: 9090, parallel_workers: 3 },
      { address: "localhost:1", "max-workers": "2" },
      {},
      { host: "localhost", port: 1 },
      2,
    ],
  ])("give address and workers %s", (_title, settings, flags, variables, address, workers) => {
    const config = served(settings, flags, variables);
    expect(config.address).toEqual(address);
    expect(config.workers.maxWorkers).toBe(workers);
  });

  it.each<[unknown, string]>([
    [{}, "--address is required"],
    ["{", "settings.json is not valid JSON"],
    [[], "must hold an object, got []"],
    [{ http_port: 70000 }, "http_port must be a port, got 70000"],
    [{ http_port: 1, parallel_workers: -1 }, "parallel_workers must be a whole number, got -1"],
    [{ host: 5 }, "host must be a text, got 5"],
  ])("of %j are refused", (settings, words) => {
    expect(() => served(settings)).toThrow(words);
  });

  it("a name is for a single model", () => {
    mkdirSync(path.join(repository, "two"));
    const flags = { address: "localhost:1", "model-name": "told" };
    expect(() => served({}, flags)).toThrow("--model-name names a single model, but there are 2");
    rmSync(path.join(repository, "two"), { recursive: true });
    expect(() => served({}, { ...flags, "model-name": "a/b" })).toThrow("--model-name may only have letters");
  });
});
