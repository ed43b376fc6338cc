import { describe, expect, it } from "vitest";
import { serverParameters } from "./server-parameters.js";
import { parameterPrefix, readParameterVariables } from "./variables.js";

const read = (values: Record<string, unknown>) => {
  const variables = Object.entries(values).map(([name, payload]) => {
    const type = typeof payload === "string" ? "string" : "numeric";
    return [parameterPrefix + name, JSON.stringify({ type, payload })];
  });
  return serverParameters(readParameterVariables(Object.fromEntries(variables)));
};

describe("serverParameters", () => {
  it.each([
    ["the number of workers", { CUSTOM_MODEL_WORKERS: 199 }, { workers: 199 }],
    ["the request timeout, in seconds", { DRUM_CLIENT_REQUEST_TIMEOUT: 2.5 }, { requestTimeout: 2500 }],
    ["nothing from a parameter that is not set", { CUSTOM_MODEL_WORKERS: null }, {}],
    [
      "nothing from DRUM's other server parameters",
      { DRUM_WEBSERVER_BACKLOG: 7, DRUM_SERVER_TYPE: "werkzeug" },
      {},
    ],
  ])("reads %s", (_title, values, expected) => {
    expect(read(values)).toEqual({ workers: undefined, requestTimeout: undefined, ...expected });
  });

  it.each([
    ["no worker", { CUSTOM_MODEL_WORKERS: 0 }, "a whole number from 1 to 199"],
    ["half a worker", { CUSTOM_MODEL_WORKERS: 1.5 }, "a whole number from 1 to 199"],
    ["more workers than DRUM accepts", { CUSTOM_MODEL_WORKERS: 200 }, "a whole number from 1 to 199"],
    [
      "a word",
      { CUSTOM_MODEL_WORKERS: "many" },
      "correct the variable MLOPS_RUNTIME_PARAM_CUSTOM_MODEL_WORKERS",
    ],
    ["no time", { DRUM_CLIENT_REQUEST_TIMEOUT: 0 }, "a number of seconds above 0"],
    ["more time than a timer can hold", { DRUM_CLIENT_REQUEST_TIMEOUT: 1e7 }, "up to 1000000"],
  ])("rejects %s", (_title, values, words) => {
    expect(() => read(values)).toThrow(words);
  });

  it("rejects a variable that cannot be read", () => {
    const variables = { [`${parameterPrefix}CUSTOM_MODEL_WORKERS`]: "2" };
    expect(() => serverParameters(readParameterVariables(variables))).toThrow("is not JSON of the form");
  });
});
