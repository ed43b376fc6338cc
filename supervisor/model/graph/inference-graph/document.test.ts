// What is found wrong with an InferenceGraph, and what of it has no effect.

import { describe, expect, it } from "vitest";
import { Findings } from "../graph.js";
import { checkInferenceGraph, servicesOf } from "./check.js";
import { readInferenceGraph } from "./document.js";
import { drawInferenceGraph } from "./draw.js";

function read(nodes: unknown, more = {}, metadata: object = { name: "g" }) {
  const findings = new Findings();
  const graph = readInferenceGraph({ kind: "InferenceGraph", metadata, spec: { nodes, ...more } }, findings);
  checkInferenceGraph(graph, "/nowhere", findings);
  return { graph, findings: findings.list, unused: findings.unused };
}

const a = { serviceUrl: "http://a" };
const b = { serviceUrl: "http://b" };
const root = (routerType: string, ...steps: unknown[]) => ({ root: { routerType, steps } });

describe("a graph is refused for", () => {
  it.each<[string, unknown, string]>([
    ["no nodes", undefined, "spec.nodes: it must be a map of nodes"],
    ["no root", { other: root("Sequence", a).root }, "there is no node root"],
    [
      "an unknown type",
      root("Chain", a),
      "node root: the routerType Chain is unknown; use one of Sequence, Splitter, Ensemble, Switch",
    ],
    ["a node without steps", root("Sequence"), "node root: it has no steps"],
    ["a node that is a text", { root: "a" }, "node root: it must be a map"],
    ["a step that is a text", root("Sequence", "a"), "node root, step 0: a step must be a map"],
    [
      "a step without a target",
      root("Sequence", a, { name: "x" }),
      "node root, step 1: it needs one of nodeName, serviceName and serviceUrl, it has none",
    ],
    ["a step with two targets", root("Sequence", { ...a, serviceName: "b" }), "and serviceUrl, it has 2"],
    ["an unknown node", root("Sequence", { nodeName: "x" }), "node root, step 0: there is no node x"],
    ["a folder that is not there", root("Sequence", { serviceName: "x" }), "there is no folder /nowhere/x"],
    ["a name that leaves the folder", root("Sequence", { serviceName: "../x" }), "letters, digits, - and ."],
    [
      "an address without http",
      root("Sequence", { serviceUrl: "ftp://a" }),
      "begins with http:// or https://",
    ],
    ["a password", root("Sequence", { serviceUrl: "http://u:p@a" }), "must not hold a password: http://a"],
    [
      "a missing weight",
      root("Splitter", { ...a, weight: 100 }, b),
      "step 1: a step of a Splitter needs a weight",
    ],
    ["weights beyond 100", root("Splitter", { ...a, weight: 60 }, { ...b, weight: 60 }), "add up to 120"],
    [
      "a negative weight",
      root("Splitter", { ...a, weight: -1 }),
      "weight: it must be a whole number from 0 on, got -1",
    ],
    [
      "two steps of a name",
      root("Sequence", { ...a, name: "x" }, { ...b, name: "x" }),
      "two steps are named x",
    ],
    ["a name that is an index", root("Ensemble", { ...a, name: "1" }, b), "two steps are named 1"],
    ["a dependency", root("Ensemble", { ...a, dependency: "hard" }), "must be Hard or Soft, got hard"],
    ["a condition without an answer", root("Sequence", { ...a, condition: "x" }), "there is none; move it"],
    [
      "a condition with a modifier",
      root("Switch", { ...a, condition: "x.@keys" }),
      "node root, step 0: the condition cannot be used: the modifier @keys is not supported",
    ],
  ])("%s", (_title, nodes, words) => {
    expect(read(nodes).findings.join("\n")).toContain(words);
  });

  it("a cycle", () => {
    const to = (nodeName: string) => ({ routerType: "Sequence", steps: [a, { nodeName }] });
    const { findings } = read({ root: to("one"), one: to("two"), two: to("one") });
    expect(findings).toEqual(["node one: it leads to itself: one -> two -> one"]);
  });

  it("a name that Kubernetes would not take", () => {
    expect(read(root("Sequence", a), {}, { name: "A_b" }).findings[0]).toContain("use lower-case letters");
    expect(read(root("Sequence", a), {}, {}).findings).toEqual(["metadata.name: it is missing"]);
  });

  it("a limit that is no number", () => {
    const { findings } = read(root("Sequence", a), { routerTimeouts: { serviceClient: "3s" } });
    expect(findings).toEqual([
      'spec.routerTimeouts.serviceClient: it must be a whole number from 0 on, got "3s"',
    ]);
  });
});

it("tells what has no effect", () => {
  const nodes = {
    ...root(
      "Sequence",
      { ...a, weight: 1 },
      { ...b, data: "$response.predictions" },
      { nodeName: "pick", data: "$response" },
    ),
    pick: { routerType: "Switch", steps: [{ ...a, condition: "x", dependency: "Hard" }, b] },
    left: { routerType: "Ensemble", steps: [{ ...a, condition: "x" }] },
  };
  const { findings, unused } = read(nodes, { minReplicas: 1, routerTimeouts: { serverRead: 3 } });
  expect(findings).toEqual([]);
  expect(unused).toEqual([
    "node root, step 0: weight, which no Sequence reads",
    "node root, step 1: data $response.predictions, which is neither $request nor $response",
    "node pick, step 0: dependency, which no Switch reads",
    "node pick, step 1, which has no condition and is never taken",
    "node left, step 0: condition, which no Ensemble reads",
    "spec.minReplicas",
    "spec.routerTimeouts.serverRead",
    "node left, which no step leads to",
  ]);
});

it("asks each folder once, and draws a graph from its root", () => {
  const nodes = {
    split: {
      routerType: "Splitter",
      steps: [
        { serviceName: "one", weight: 20 },
        { serviceName: "two", weight: 80 },
      ],
    },
    ...root(
      "Sequence",
      { serviceName: "one", name: "first" },
      { nodeName: "split", data: "$response", condition: 'a.#(b=="<c>")', dependency: "Hard" },
    ),
  };
  const { graph } = read(nodes);
  expect(servicesOf(graph)).toEqual(["one", "two"]);
  expect(drawInferenceGraph(graph)).toBe(`flowchart LR
  n0["root<br/>Sequence"]
  n1["split<br/>Splitter"]
  n2["one"]
  n1 -->|"0, 20 %"| n2
  n3["two"]
  n1 -->|"1, 80 %"| n3
  n0 -->|"first"| n2
  n0 -->|"1, if a.#(b==#34;#60;c#62;#34;), $response, hard"| n1
`);
});
