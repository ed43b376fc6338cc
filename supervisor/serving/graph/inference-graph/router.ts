// Sends a request along an InferenceGraph as KServe's router does. Bodies stay bytes until a node has to look into them.

import { find } from "../../../formats/gjson/find.js";
import { items, validJson } from "../../../formats/gjson/text.js";
import { keyOf } from "../../../model/graph/inference-graph/check.js";
import {
  type GraphStep,
  type InferenceGraph,
  type RouterNode,
  rootName,
  type Target,
} from "../../../model/graph/inference-graph/document.js";

export interface StepAnswer {
  status: number;
  body: Buffer;
}

/** Asks a service. Rejects with a RouteFailure if there is no answer; one that tells of an error is an answer. */
export type AskService = (target: Target, body: Buffer) => Promise<StepAnswer>;

/** No answer: the request ends with it, whether the step is hard or soft. */
export class RouteFailure extends Error {
  constructor(
    message: string,
    readonly status = 500,
  ) {
    super(message);
  }
}

export function sendAlong(graph: InferenceGraph, body: Buffer, ask: AskService): Promise<StepAnswer> {
  return new Router(graph, ask).node(graph.nodes.get(rootName)!, body);
}

class Router {
  constructor(
    private readonly graph: InferenceGraph,
    private readonly ask: AskService,
  ) {}

  node(node: RouterNode, body: Buffer): Promise<StepAnswer> {
    switch (node.type) {
      case "Sequence":
        return this.sequence(node, body);
      case "Splitter":
        return this.step(chosenByWeight(node), body);
      case "Switch":
        return this.switched(node, body);
      case "Ensemble":
        return this.ensemble(node, body);
    }
  }

  /** Only the root's own Switch answers 404. */
  private async step({ target }: GraphStep, body: Buffer): Promise<StepAnswer> {
    if (target.kind !== "node") return this.ask(target, body);
    try {
      return await this.node(this.graph.nodes.get(target.name)!, body);
    } catch (error) {
      if (error instanceof RouteFailure) throw new RouteFailure(error.message);
      throw error;
    }
  }

  private async sequence({ steps }: RouterNode, body: Buffer): Promise<StepAnswer> {
    let answer: StepAnswer | undefined;
    for (const step of steps) {
      const given = step.takesResponse && answer ? answer.body : body;
      if (step.condition) {
        const json = validJson(answer?.body ?? "");
        if (json === undefined)
          throw new RouteFailure(
            `the condition of the step ${step.name ?? step.target.name} needs the answer before to be JSON, and it is not`,
          );
        if (find(json, step.condition) === undefined) return { status: 200, body: answer!.body };
      }
      answer = await this.step(step, step.mapsPredictions ? withInstances(given) : given);
      if (step.isHard && !isSuccess(answer)) return answer;
    }
    return answer!;
  }

  private switched({ name, steps }: RouterNode, body: Buffer): Promise<StepAnswer> {
    const json = validJson(body);
    const step =
      json === undefined
        ? undefined
        : steps.find(({ condition }) => condition && find(json, condition) !== undefined);
    if (step) return this.step(step, body);
    const why = json === undefined ? "the request is not JSON" : `no condition of the node ${name} matches`;
    return Promise.reject(new RouteFailure(`${why}; expected one to match`, 404));
  }

  /** In parallel. A failure ends it at once; else the first hard step in order that was no success is the answer. */
  private async ensemble({ name, steps }: RouterNode, body: Buffer): Promise<StepAnswer> {
    const answers = await Promise.all(steps.map((step) => this.step(step, body)));
    const members = steps.map((step, at) => {
      const { body: given } = answers[at]!;
      const json = validJson(given);
      if (json !== undefined && /^[{n]/.test(json)) return `${JSON.stringify(keyOf(step, at))}:${json}`;
      throw new RouteFailure(
        `the step ${keyOf(step, at)} of the Ensemble ${name} must answer with a JSON object, got ${given.subarray(0, 80)}`,
      );
    });
    const hard = answers.find((answer, at) => steps[at]!.isHard && !isSuccess(answer));
    return hard ?? { status: 200, body: Buffer.from(`{${members.join(",")}}`) };
  }
}

function isSuccess({ status }: StepAnswer): boolean {
  return status >= 200 && status <= 299;
}

/** The weights add up to 100. */
function chosenByWeight({ steps }: RouterNode): GraphStep {
  let left = Math.random() * 100;
  for (const step of steps) {
    left -= step.weight ?? 0;
    if (left < 0) return step;
  }
  return steps.at(-1)!;
}

/** Predictions, if there are any, as the instances of a new body; all else stays as it is. */
function withInstances(body: Buffer): Buffer {
  const json = validJson(body);
  const predictions = json?.startsWith("{") ? find(json, "predictions") : undefined;
  if (!predictions?.startsWith("[") || items(predictions).next().done) return body;
  return Buffer.from(`{"instances":${predictions}}`);
}
