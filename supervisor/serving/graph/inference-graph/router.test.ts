// The way of a request along an InferenceGraph, by the calls that services get. The statuses and bodies are those of KServe's router.

import { describe, expect, it } from "vitest";
import { Findings } from "../../../model/graph/graph.js";
import { checkInferenceGraph } from "../../../model/graph/inference-graph/check.js";
import { readInferenceGraph } from "../../../model/graph/inference-graph/document.js";
import { RouteFailure, sendAlong } from "./router.js";

type Said = string | { status?: number; body: string };

/** Services by name: what they answer, or else the name and what they got. */
async function sent(nodes: object, body: string, said: Readonly<Record<string, Said | Error>> = {}) {
  const findings = new Findings();
  const graph = readInferenceGraph({ metadata: { name: "g" }, spec: { nodes } }, findings);
  checkInferenceGraph(graph, undefined, findings);
  expect(findings.list).toEqual([]);
  const calls: string[] = [];
  const answer = await sendAlong(graph, Buffer.from(body), async ({ name }, given) => {
    calls.push(`${name} ${given}`);
    const one = said[name] ?? JSON.stringify({ by: name });
    if (one instanceof Error) throw one;
    const { status = 200, body: text } = typeof one === "string" ? { body: one } : one;
    return { status, body: Buffer.from(text) };
  });
  return { status: answer.status, body: answer.body.toString(), calls };
}

const step = (serviceName: string, more = {}) => ({ serviceName, ...more });
const root = (routerType: string, ...steps: object[]) => ({ root: { routerType, steps } });
const after = { data: "$response" };

describe("a Sequence", () => {
  it("gives steps the request, or the answer before", async () => {
    const { body, calls } = await sent(root("Sequence", step("a"), step("b", after), step("c")), "{}");
    expect([body, calls]).toEqual(['{"by":"c"}', ["a {}", 'b {"by":"a"}', "c {}"]]);
  });

  it("gives the first step the request, whatever its data", async () => {
    expect((await sent(root("Sequence", step("a", after)), "any bytes")).calls).toEqual(["a any bytes"]);
  });

  it.each<[string, string]>([
    ['{"x":1}', "goes on"],
    ['{"x":null}', "goes on"],
    ['{"y":1}', "ends"],
  ])("with the answer %s before a condition %s", async (body, way) => {
    const nodes = root("Sequence", step("a"), step("b", { condition: "x" }));
    const answer = await sent(nodes, "{}", { a: { status: 500, body } });
    expect([answer.status, answer.body]).toEqual([200, way === "ends" ? body : '{"by":"b"}']);
  });

  it("fails if a condition looks at what is no JSON", async () => {
    const nodes = root("Sequence", step("a"), step("b", { condition: "x" }));
    await expect(sent(nodes, "{}", { a: "text" })).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining("the condition of the step b needs the answer before to be JSON"),
    });
  });

  it("ends at a hard step that is no success, and goes on from a soft one", async () => {
    const a = { status: 503, body: "busy" };
    const hard = await sent(root("Sequence", step("a", { dependency: "Hard" }), step("b", after)), "{}", {
      a,
    });
    expect(hard).toEqual({ status: 503, body: "busy", calls: ["a {}"] });
    const soft = await sent(root("Sequence", step("a", { dependency: "Soft" }), step("b", after)), "{}", {
      a,
    });
    expect(soft).toEqual({ status: 200, body: '{"by":"b"}', calls: ["a {}", "b busy"] });
  });

  it("answers with the status of the last step", async () => {
    const b = { status: 429, body: "{}" };
    expect((await sent(root("Sequence", step("a"), step("b")), "{}", { b })).status).toBe(429);
  });

  it("fails with a step that does not answer, though it is soft", async () => {
    const nodes = root("Sequence", step("a", { dependency: "Soft" }), step("b"));
    await expect(sent(nodes, "{}", { a: new RouteFailure("gone") })).rejects.toMatchObject({ status: 500 });
  });

  it.each([
    ['{"predictions":[1.0,12345678901234567890],"more":1}', '{"instances":[1.0,12345678901234567890]}'],
    ['{"predictions":[]}', '{"predictions":[]}'],
    ['{"predictions":5}', '{"predictions":5}'],
    ['{"instances":[1]}', '{"instances":[1]}'],
    ["text", "text"],
  ])("maps %s to %s", async (given, mapped) => {
    const nodes = root("Sequence", step("a"), step("b", { ...after, mapPredictionsToInstances: true }));
    expect((await sent(nodes, "{}", { a: given })).calls[1]).toBe(`b ${mapped}`);
  });
});

describe("a Switch", () => {
  const nodes = root("Switch", step("a", { condition: 'm=="x"' }), step("b", { condition: "m" }), step("c"));

  it("takes the first step whose condition finds something", async () => {
    expect((await sent(nodes, '{"m":null}')).calls).toEqual(['b {"m":null}']);
  });

  it.each(["{}", "no JSON", "", '{"":1}'])(
    "answers 404 to %j, and takes no step without a condition",
    async (body) => {
      await expect(sent(nodes, body)).rejects.toMatchObject({ status: 404 });
    },
  );

  it("answers 500 if it is not the root", async () => {
    const inner = { inner: nodes.root };
    await expect(sent({ ...root("Sequence", { nodeName: "inner" }), ...inner }, "{}")).rejects.toMatchObject({
      status: 500,
    });
    const twice = { ...root("Switch", { nodeName: "inner", condition: "n" }), ...inner };
    await expect(sent(twice, '{"n":1}')).rejects.toMatchObject({ status: 500 });
  });
});

describe("an Ensemble", () => {
  it("joins what all answer, by name or index", async () => {
    const nodes = root("Ensemble", step("a", { name: "one" }), step("b"), step("c"));
    const { body, calls } = await sent(nodes, "{}", { c: "null" });
    expect(JSON.parse(body)).toEqual({ one: { by: "a" }, 1: { by: "b" }, 2: null });
    expect(calls).toHaveLength(3);
  });

  it("asks all at once", async () => {
    const findings = new Findings();
    const graph = readInferenceGraph({ spec: { nodes: root("Ensemble", step("a"), step("b")) } }, findings);
    let running = 0;
    let resolve: () => void;
    const bothRun = new Promise<void>((done) => {
      resolve = done;
    });
    // Neither answers before both are asked.
    await sendAlong(graph, Buffer.from("{}"), async () => {
      running += 1;
      if (running === 2) resolve();
      await bothRun;
      return { status: 200, body: Buffer.from("{}") };
    });
    expect(running).toBe(2);
  });

  it("joins a soft step that is no success, and answers as the first hard one", async () => {
    const a = { status: 500, body: '{"e":1}' };
    const soft = await sent(root("Ensemble", step("a"), step("b")), "{}", { a });
    expect([soft.status, JSON.parse(soft.body)]).toEqual([200, { 0: { e: 1 }, 1: { by: "b" } }]);
    const hard = await sent(root("Ensemble", step("b"), step("a", { dependency: "Hard" })), "{}", { a });
    expect([hard.status, hard.body]).toEqual([500, '{"e":1}']);
  });

  it.each(["[1]", "text", "", "1"])("fails if a step answers %j", async (a) => {
    await expect(sent(root("Ensemble", step("a"), step("b")), "{}", { a })).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining("the step 0 of the Ensemble root must answer with a JSON object"),
    });
  });
});

describe("a Splitter", () => {
  it("shares by weight", async () => {
    const nodes = root(
      "Splitter",
      step("a", { weight: 0 }),
      step("b", { weight: 30 }),
      step("c", { weight: 70 }),
    );
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let at = 0; at < 2000; at++) counts[(await sent(nodes, "")).calls[0]!.trim()]! += 1;
    expect(counts.a).toBe(0);
    // Twelve standard deviations.
    expect(Math.abs(counts.b! - 600)).toBeLessThan(246);
  });
});

it("takes nodes within nodes", async () => {
  const nodes = {
    ...root("Sequence", { nodeName: "both" }, step("c", after)),
    both: { routerType: "Ensemble", steps: [{ nodeName: "chain", name: "chain" }, step("b", { name: "b" })] },
    chain: { routerType: "Sequence", steps: [step("x"), step("y", { ...after, condition: "by" })] },
  };
  const { calls } = await sent(nodes, "{}");
  expect(calls.at(-1)).toBe('c {"chain":{"by":"y"},"b":{"by":"b"}}');
});
