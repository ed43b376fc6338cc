// Reading a SeldonDeployment: what is used of it, what is told to have no effect, and what is wrong.

import { expect, it } from "vitest";
import { checkGraph } from "./check.js";
import { readGraphDocument } from "./document.js";
import { Findings } from "./graph.js";

const node = { name: "m", type: "MODEL" };

function read(predictor: object, { document = {}, spec = {} }: { document?: object; spec?: object } = {}) {
  const findings = new Findings();
  const predictors = [{ name: "main", graph: node, ...predictor }];
  const text = JSON.stringify({ kind: "SeldonDeployment", ...document, spec: { ...spec, predictors } });
  const found = readGraphDocument(text, findings);
  checkGraph(found, undefined, findings);
  return { document: found, graph: found.predictors[0]!.graph, findings };
}

const container = (fields: object) => ({
  componentSpecs: [{ spec: { containers: [{ name: "m", ...fields }] } }],
});

it("reads the probes of a node, with the defaults of Kubernetes", () => {
  const health = { httpGet: { path: "/health/status", port: "http" } };
  const { graph, findings } = read(
    container({
      readinessProbe: health,
      livenessProbe: { tcpSocket: { port: 9000 }, periodSeconds: 5 },
      startupProbe: {
        ...health,
        initialDelaySeconds: 2,
        periodSeconds: 3,
        failureThreshold: 20,
        timeoutSeconds: 4,
      },
    }),
  );
  const usual = { delay: 0, period: 10_000, timeout: 1000, failures: 3 };
  expect(graph.probes).toEqual([
    { ...usual, kind: "liveness", asksHealth: false, period: 5000 },
    { ...usual, kind: "readiness", asksHealth: true },
    { kind: "startup", asksHealth: true, delay: 2000, period: 3000, timeout: 4000, failures: 20 },
  ]);
  expect(findings).toEqual({ list: [], unused: [] });
});

it("passes the variables of a container on, and tells those that only the cluster knows", () => {
  const env = [
    { name: "A", value: "1" },
    { name: "B", value: 2 },
    { name: "C", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
  ];
  const { graph, findings } = read(container({ env }));
  expect(graph.variables).toEqual({ A: "1", B: "2" });
  expect(findings.unused).toEqual([expect.stringContaining("containers[0].env C (only the cluster knows")]);
});

it.each<[string, object, object]>([
  ["at the top", {}, { document: { executor: { fullHealthChecks: true } } }],
  ["in spec", {}, { spec: { executor: { fullHealthChecks: "true" } } }],
])("reads executor.fullHealthChecks %s", (_title, predictor, more) => {
  expect(read(predictor, more).document.checksHealth).toBe(true);
  expect(read(predictor).document.checksHealth).toBe(false);
});

const bandit = (parameters: Readonly<Record<string, string>>, type = "STRING") => ({
  graph: {
    name: "r",
    implementation: "THOMPSON_SAMPLING",
    children: [node],
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value, type })),
  },
});

it.each<[string, object, object, string]>([
  ["another protocol", {}, { spec: { protocol: "v2" } }, "spec.protocol: v2 is not served; use seldon"],
  [
    "a limit in words",
    { annotations: { "seldon.io/rest-timeout": "abc" } },
    {},
    "seldon.io/rest-timeout must be a number of milliseconds above 0, got abc",
  ],
  [
    "a period in words",
    container({ readinessProbe: { httpGet: { path: "/health/status" }, periodSeconds: "x" } }),
    {},
    'readinessProbe: periodSeconds must be a number from 0 on, got "x"',
  ],
  [
    "a split that is a model",
    {
      graph: {
        name: "r",
        type: "MODEL",
        implementation: "RANDOM_ABTEST",
        children: [node, { ...node, name: "n" }],
      },
    },
    {},
    "a RANDOM_ABTEST is a ROUTER, and its type is MODEL; leave the type out",
  ],
  [
    "a ratio beyond 1",
    {
      graph: {
        name: "r",
        implementation: "RANDOM_ABTEST",
        children: [node, { ...node, name: "n" }],
        parameters: [{ name: "ratioA", value: "1.5", type: "FLOAT" }],
      },
    },
    {},
    "ratioA must be a number from 0 to 1, got 1.5",
  ],
  [
    "a traffic that is no share",
    { traffic: -5 },
    {},
    "traffic: it must be a whole number from 0 to 100, got -5",
  ],
  [
    "a name that is a path",
    { graph: { ...node, name: "../m" } },
    {},
    "a name has letters, digits, - _ and . alone",
  ],
  ["epsilon beyond 1", bandit({ epsilon: "2" }), {}, "epsilon must be a number from 0 to 1, got 2"],
  ["a seed in words", bandit({ seed: "x" }), {}, "seed must be a whole number, got x"],
  [
    "another number of branches",
    bandit({ n_branches: "3" }),
    {},
    "n_branches is 3, and the number of its children is 1",
  ],
  [
    "a parameter that is not of its type",
    { graph: { ...node, parameters: [{ name: "by", value: "x", type: "INT" }] } },
    {},
    'a parameter gives by the value "x", which is no INT',
  ],
])("finds %s", (_title, predictor, more, words) => {
  expect(read(predictor, more).findings.list).toEqual([expect.stringContaining(words)]);
});

it.each<[string, object, string]>([
  ["a slip of the pen", { trafic: 5 }, "spec.predictors[0].trafic"],
  ["a slip in a node", { graph: { ...node, chlidren: [] } }, "spec.predictors[0].graph.chlidren"],
  [
    "a container of no node",
    { componentSpecs: [{ spec: { containers: [{ name: "other" }] } }] },
    "containers[0] (no node is named other)",
  ],
  ["replicas", { replicas: 2 }, "spec.predictors[0].replicas (give every node so many workers"],
  ["a logger", { graph: { ...node, logger: { url: "http://x" } } }, "spec.predictors[0].graph.logger"],
  ["resources", container({ resources: {} }), "containers[0].resources"],
  ["a probe by command", container({ livenessProbe: { exec: {} } }), "livenessProbe (only httpGet at"],
  [
    "a probe of another path",
    container({ readinessProbe: { httpGet: { path: "/x" } } }),
    "readinessProbe (only",
  ],
  ["what a bandit only logs", bandit({ verbose: "true" }), "the parameter verbose of THOMPSON_SAMPLING"],
])("tells that %s has no effect", (_title, predictor, words) => {
  const { findings } = read(predictor);
  expect(findings).toEqual({ list: [], unused: [expect.stringContaining(words)] });
});

it("finds the deployment in a list, and among other documents", () => {
  const one = { kind: "SeldonDeployment", spec: { predictors: [{ name: "main", graph: node }] } };
  const list = JSON.stringify({ kind: "List", items: [{ kind: "Secret" }, one] });
  const several = `kind: Secret\n---\n${JSON.stringify(one)}\n`;
  for (const text of [list, several])
    expect(readGraphDocument(text, new Findings()).predictors[0]!.graph.name).toBe("m");
  expect(() => readGraphDocument(`${several}---\n${JSON.stringify(one)}`, new Findings())).toThrow(
    "got 2 of them",
  );
  expect(() => readGraphDocument("5", new Findings())).toThrow("got a number");
});

it("refuses one folder for two images", () => {
  const of = (name: string, image: string) => ({
    name,
    traffic: 50,
    graph: node,
    componentSpecs: [{ spec: { containers: [{ name: "m", image }] } }],
  });
  const findings = new Findings();
  const predictors = [of("main", "org/m:1"), of("canary", "org/m:2")];
  const text = JSON.stringify({ kind: "SeldonDeployment", spec: { predictors } });
  checkGraph(readGraphDocument(text, findings), "/", findings);
  expect(findings.list).toContain(
    "predictor canary, node m: its image org/m:2 is not that of predictor main (org/m:1), but /m is for both; make /canary.m",
  );
});
