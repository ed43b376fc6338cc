// Sends a message along a graph as Seldon's executor does: input step, children, output step. Messages stay texts.

import { DrumError } from "../../errors.js";
import { replaceBareNumbers } from "../../formats/json.js";
import type { GraphNode, NodeMethod } from "../../model/graph/graph.js";

export type NodeCall =
  | "predict"
  | "transform_input"
  | "transform_output"
  | "route"
  | "aggregate"
  | "send_feedback";

/** Asks a node; `message` is JSON. Rejects with a NodeRefusal for an answer that is no success. */
export type AskNode = (node: GraphNode, call: NodeCall, message: string) => Promise<string>;

/** What a node answered instead of a result: the caller gets it as it is. */
export class NodeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`a node answered ${status}`);
  }
}

/** The children that were chosen, by the names of their parents; -1 for all, and for nodes that were called themselves. */
export type Routing = Map<string, number>;

/** All children in parallel. */
const all = -1;
/** No child: the message itself is the result. */
const none = -2;

const does = ({ methods }: GraphNode, method: NodeMethod) => methods.includes(method);

export async function predict(
  node: GraphNode,
  message: string,
  { ask, routing }: { ask: AskNode; routing: Routing },
): Promise<string> {
  const { type, children } = node;
  let current = message;
  if (type === "TRANSFORMER" || does(node, "TRANSFORM_INPUT")) {
    routing.set(node.name, all);
    current = await ask(node, "transform_input", current);
  } else if (type === "MODEL") {
    routing.set(node.name, all);
    current = await ask(node, "predict", current);
  }
  if (children.length > 0) {
    const branch = await branchOf(node, current, ask);
    routing.set(node.name, branch);
    if (branch !== none) {
      const chosen = branch === all ? children : [childAt(node, branch)];
      const answers = await inParallel(chosen.map((child) => predict(child, current, { ask, routing })));
      const joins = type === "COMBINER" || does(node, "AGGREGATE");
      current = joins ? await ask(node, "aggregate", `[${answers.map(trimmed).join(",")}]`) : answers[0]!;
    }
  }
  if (type === "OUTPUT_TRANSFORMER" || does(node, "TRANSFORM_OUTPUT"))
    current = await ask(node, "transform_output", current);
  return current;
}

/** Children first, then the node. Resolves with the root's own answer, or the feedback itself if the root takes none. */
export async function feedBack(node: GraphNode, feedback: string, ask: AskNode): Promise<string> {
  const routing = routingIn(feedback);
  const send = async (one: GraphNode): Promise<string> => {
    const branch = routing[one.name] ?? all;
    const chosen = branch === all ? one.children : branch === none ? [] : [childAt(one, branch)];
    await inParallel(chosen.map(send));
    const takes = one.type === "MODEL" || one.type === "ROUTER" || does(one, "SEND_FEEDBACK");
    return takes ? ask(one, "send_feedback", feedback) : feedback;
  };
  return send(node);
}

async function branchOf(node: GraphNode, message: string, ask: AskNode): Promise<number> {
  if (node.type !== "ROUTER" && !does(node, "ROUTE")) return all;
  return branchIn(await ask(node, "route", message));
}

function childAt({ name, children }: GraphNode, branch: number): GraphNode {
  const child = children[branch];
  if (child) return child;
  throw new DrumError(
    "HOOK_RESULT_INVALID",
    `${name} routed to the child ${branch}, it has ${children.length}; expected a number from 0 to ${children.length - 1}, -1 for all or -2 for none`,
  );
}

/** Waits for all. Rejects as the first one that failed, in their order. */
async function inParallel(work: readonly Promise<string>[]): Promise<string[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

const trimmed = (text: string) => text.trimEnd();

/** The first number of the answer of a router: of its array, or of a bare list. Without one: all children. */
export function branchIn(answer: string): number {
  const told = parsed(answer);
  if (Array.isArray(told)) return numberIn(told);
  const { data } = (told ?? {}) as { data?: { ndarray?: unknown; tensor?: { values?: unknown } } };
  return numberIn(data?.ndarray ?? data?.tensor?.values);
}

function numberIn(value: unknown): number {
  const first = Array.isArray(value) ? (value.flat() as unknown[])[0] : undefined;
  return typeof first === "number" || typeof first === "boolean" ? Math.trunc(Number(first)) : all;
}

function routingIn(feedback: string): Readonly<Record<string, number>> {
  const { response } = (parsed(feedback) ?? {}) as { response?: { meta?: { routing?: unknown } } };
  const routing = response?.meta?.routing;
  if (typeof routing !== "object" || routing === null) return {};
  return Object.fromEntries(Object.entries(routing).filter(([, branch]) => Number.isInteger(branch)));
}

/** Undefined for what is no JSON. Bare NaN and Infinity count as 0: only branches are read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(replaceBareNumbers(text, () => "0"));
  } catch {
    return undefined;
  }
}
