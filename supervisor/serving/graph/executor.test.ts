// The way of a message along a graph, by the calls that nodes get, in order.

import { describe, expect, it } from "vitest";
import { readGraphDocument } from "../../model/graph/document.js";
import { Findings, type GraphNode } from "../../model/graph/graph.js";
import { branchIn, feedBack, type NodeCall, NodeRefusal, predict, type Routing } from "./executor.js";

function graphOf(graph: object): GraphNode {
  const findings = new Findings();
  const text = JSON.stringify({ kind: "SeldonDeployment", spec: { predictors: [{ name: "p", graph }] } });
  return readGraphDocument(text, findings).predictors[0]!.graph;
}

/** Every node adds its name to the text of the message; routers answer with their branch. */
function nodes(branches: Readonly<Record<string, number>> = {}) {
  const calls: string[] = [];
  const ask = async ({ name }: GraphNode, call: NodeCall, message: string) => {
    calls.push(`${name}.${call}(${message})`);
    if (call === "route") return JSON.stringify({ data: { ndarray: [[branches[name]]] } });
    return `${message}>${name}`;
  };
  return { calls, ask };
}

async function sent(graph: object, branches = {}) {
  const { calls, ask } = nodes(branches);
  const routing: Routing = new Map();
  const answer = await predict(graphOf(graph), "m", { ask, routing });
  return { answer, calls, routing: Object.fromEntries(routing) };
}

const model = (name: string, ...children: object[]) => ({ name, type: "MODEL", children });

describe("predict", () => {
  it("makes a pipeline of a model with a child", async () => {
    expect(await sent(model("a", model("b")))).toEqual({
      answer: "m>a>b",
      calls: ["a.predict(m)", "b.predict(m>a)"],
      routing: { a: -1, b: -1 },
    });
  });

  it("transforms before and after the children", async () => {
    const graph = {
      name: "in",
      type: "TRANSFORMER",
      children: [{ name: "out", type: "OUTPUT_TRANSFORMER", children: [model("a")] }],
    };
    const { answer, calls } = await sent(graph);
    expect(answer).toBe("m>in>a>out");
    expect(calls).toEqual(["in.transform_input(m)", "a.predict(m>in)", "out.transform_output(m>in>a)"]);
  });

  it("joins all children in their order", async () => {
    const { answer } = await sent({ name: "c", type: "COMBINER", children: [model("a"), model("b")] });
    expect(answer).toBe("[m>a,m>b]>c");
  });

  it("broadcasts to the children of a transformer, and takes the first answer", async () => {
    const graph = { name: "t", type: "TRANSFORMER", children: [model("a"), model("b")] };
    const { answer, calls } = await sent(graph);
    expect([answer, calls.length]).toEqual(["m>t>a", 3]);
  });

  it.each<[number, string, number]>([
    [0, "m>a", 0],
    [1, "m>b", 1],
    [-1, "m>a", -1],
    [-2, "m", -2],
  ])("follows the branch %d", async (branch, answer, noted) => {
    const graph = { name: "r", type: "ROUTER", children: [model("a"), model("b")] };
    const outcome = await sent(graph, { r: branch });
    expect([outcome.answer, outcome.routing.r]).toEqual([answer, noted]);
  });

  it("refuses a branch that is not there", async () => {
    const graph = { name: "r", type: "ROUTER", children: [model("a")] };
    await expect(sent(graph, { r: 3 })).rejects.toThrow("r routed to the child 3, it has 1");
  });

  it("calls the methods that a node has beside its type", async () => {
    const graph = { ...model("a", model("b")), methods: ["TRANSFORM_INPUT", "TRANSFORM_OUTPUT"] };
    const { calls } = await sent(graph);
    expect(calls).toEqual(["a.transform_input(m)", "b.predict(m>a)", "a.transform_output(m>a>b)"]);
  });

  it("waits for all children, and fails as the first one in their order", async () => {
    let ended = 0;
    const ask = async ({ name }: GraphNode) => {
      await new Promise((resolve) => setTimeout(resolve, name === "a" ? 20 : 0));
      ended += 1;
      throw new NodeRefusal(400, name);
    };
    const graph = graphOf({ name: "c", type: "COMBINER", children: [model("a"), model("b")] });
    await expect(predict(graph, "m", { ask, routing: new Map() })).rejects.toMatchObject({ body: "a" });
    expect(ended).toBe(2);
  });
});

describe("feedback", () => {
  const graph = graphOf({
    name: "t",
    type: "TRANSFORMER",
    children: [{ name: "r", type: "ROUTER", children: [model("a"), model("b")] }],
  });

  it("goes along the route that was taken, children first", async () => {
    const { calls, ask } = nodes();
    const feedback = JSON.stringify({ reward: 1, response: { meta: { routing: { r: 1 } } } });
    expect(await feedBack(graph, feedback, ask)).toBe(feedback);
    expect(calls).toEqual([`b.send_feedback(${feedback})`, `r.send_feedback(${feedback})`]);
  });

  it("goes to all children where no route is known", async () => {
    const { calls, ask } = nodes();
    await feedBack(graph, '{"reward":1}', ask);
    expect(calls.map((call) => call.slice(0, 1))).toEqual(["a", "b", "r"]);
  });
});

it.each([
  ['{"data":{"ndarray":[[1]]}}', 1],
  ['{"data":{"ndarray":[2]}}', 2],
  ['{"data":{"tensor":{"shape":[1,1],"values":[1.9]}}}', 1],
  ["[1]", 1],
  ['{"data":{"ndarray":[[true]]}}', 1],
  ['{"data":{}}', -1],
  ["{}", -1],
  ['{"strData":"1"}', -1],
])("the branch in %s is %d", (answer, branch) => {
  expect(branchIn(answer)).toBe(branch);
});
