import { describe, expect, it } from "vitest";
import { server } from "../../cli/commands/server.js";
import { readConfig } from "../../cli/config/command.js";
import { monitorSettings } from "./settings.js";

const all = { deploymentId: "d", modelId: "m" };
const base = { "code-dir": [import.meta.dirname], "target-type": "regression" };
const wishes = {
  ...base,
  monitor: true,
  "deployment-id": "d/1",
  "model-id": "m",
  "monitor-settings": "spooler_type=FILESYSTEM; directory=/spool",
};

const settings = (flags: object, targetType = "regression", variables: Record<string, string> = {}) => {
  const given = { ...flags, address: "localhost" } as never;
  const { config } = readConfig(server, given, { HOME: "/home/me", ...variables });
  return monitorSettings(config.monitoring!, targetType, config.places.dataDirectory);
};

describe("monitorSettings", () => {
  it("is undefined without --monitor, whatever the variables say", () => {
    expect(settings(base, "regression", { DEPLOYMENT_ID: "d", API_TOKEN: "t" })).toBeUndefined();
  });

  it("has a folder, but no service unless one is named", () => {
    expect(settings(wishes)).toEqual({
      deploymentId: "d/1",
      modelId: "m",
      directory: "/spool",
      mostBytes: 2 ** 30,
      service: undefined,
      asksSettings: false,
    });
  });

  it("computes the size limit from the number and size of files", () => {
    const flags = { ...wishes, "monitor-settings": "max_files=3;file_max_size=1000" };
    expect(settings(flags)).toMatchObject({
      mostBytes: 3000,
      directory: expect.stringMatching(/reports\/d_1$/),
    });
  });

  it.each(["https://a.b/", "https://a.b/api/v2", "https://a.b/api/v2/"])(
    "takes %s as the address of a service",
    (url) => {
      const flags = { ...wishes, webserver: url, "api-token": "t" };
      expect(settings(flags)?.service).toEqual({ url: "https://a.b", token: "t" });
    },
  );

  it("reads an id from either variable, DRUM's own first", () => {
    const flags = { ...base, monitor: true, "monitor-settings": "" };
    const variables = {
      MLOPS_DEPLOYMENT_ID: "other",
      MLOPS_MODEL_ID: "m",
      DEPLOYMENT_ID: "d",
      MONITOR_SETTINGS: "spooler_type=api",
    };
    expect(settings({ ...flags, "monitor-settings": undefined }, "regression", variables)).toMatchObject(all);
    expect(
      settings({ ...flags, "monitor-settings": undefined }, "regression", {
        ...variables,
        DEPLOYMENT_ID: "",
      }),
    ).toMatchObject({
      deploymentId: "other",
    });
  });

  it.each([
    [
      "--monitor without its options, and lists all of them",
      { ...base, monitor: true },
      "regression",
      "--monitor needs --model-id, --deployment-id, --monitor-settings; give them too",
    ],
    [
      "--monitor-embedded without its options",
      { ...base, "monitor-embedded": true, "model-id": "m" },
      "unstructured",
      "--monitor-embedded needs --deployment-id, --webserver, --api-token",
    ],
    [
      "--allow-dr-api-access without its options",
      { ...base, "allow-dr-api-access": true, webserver: "https://a" },
      "regression",
      "--allow-dr-api-access needs --api-token; give it too",
    ],
    [
      "--monitor and --monitor-embedded together",
      { ...wishes, "monitor-embedded": true },
      "regression",
      "--monitor and --monitor-embedded were both given",
    ],
    ["--monitor for unstructured models", wishes, "unstructured", "use --monitor-embedded"],
    [
      "--monitor-embedded for others",
      { ...base, "monitor-embedded": true },
      "binary",
      "got binary; use --monitor",
    ],
    [
      "a spooler of an agent",
      { ...wishes, "monitor-settings": "spooler_type=RABBITMQ" },
      "regression",
      "the spooler RABBITMQ; expected filesystem or api",
    ],
    [
      "settings without names",
      { ...wishes, "monitor-settings": "/spool" },
      "regression",
      'has the part "/spool"; expected NAME=VALUE parts',
    ],
    [
      "an invalid size",
      { ...wishes, "monitor-settings": "max_files=many" },
      "regression",
      'max_files of --monitor-settings must be a whole number above 0, got "many"',
    ],
    [
      "an invalid address",
      { ...wishes, webserver: "a.b", "api-token": "t" },
      "regression",
      'must be a URL like https://app.example.com, got "a.b"',
    ],
  ])("refuses %s", (_title, flags, targetType, words) => {
    expect(() => settings(flags, targetType)).toThrow(words);
  });
});
