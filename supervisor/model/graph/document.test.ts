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
