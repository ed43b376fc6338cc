// Nodes that need no code: a random split, and the average of the children.

import { DrumError } from "../../errors.js";
import type { GraphNode } from "../../model/graph/document.js";
import type { NodeCall } from "./executor.js";

/** Asks a built-in node; undefined if it answers no such call. */
export function askBuiltIn(node: GraphNode, call: NodeCall, message: string): string | undefined {
  if (node.implementation === "RANDOM_ABTEST" && call === "route") return routed(abTest(node));
  if (node.implementation === "AVERAGE_COMBINER" && call === "aggregate") return average(node, message);
  // Neither learns from feedback.
  if (call === "send_feedback") return message;
  return undefined;
}

function routed(branch: number): string {
  return `{"data":{"ndarray":[[${branch}]]},"meta":{}}`;
}

/** The first child with the probability of the only parameter, `ratioA`, or else of one half. */
function abTest({ parameters }: GraphNode): number {
  const [only, ...others] = parameters;
  const ratio = only?.name === "ratioA" && others.length === 0 ? Number(only.value) : 0.5;
  return Math.random() < ratio ? 0 : 1;
}

interface Message {
  meta?: { puid?: string; tags?: object; metrics?: unknown[]; requestPath?: object };
  data?: { names?: string[]; tensor?: { shape: number[]; values: number[] }; ndarray?: unknown };
}

type Numbers = number | Numbers[];

/** Element by element, in the form of the first message. Throws HOOK_RESULT_INVALID for arrays of other shapes. */
function average({ name }: GraphNode, text: string): string {
  const messages = JSON.parse(text) as Message[];
  const arrays = messages.map(({ data }) => (data?.tensor ? nested(data.tensor) : data?.ndarray) as Numbers);
  const shapes = new Set(arrays.map((array) => JSON.stringify(shapeOf(array))));
  if (shapes.size !== 1 || arrays.some((array) => !isNumeric(array))) {
    throw new DrumError(
      "HOOK_RESULT_INVALID",
      `${name} averages arrays of numbers of one shape, its children answered ${[...shapes].join(", ")}`,
    );
  }
  const mean = meanOf(arrays);
  const [first] = messages;
  const names = first?.data?.names ?? [];
  const data = first?.data?.tensor
    ? { names, tensor: { shape: first.data.tensor.shape, values: flattened(mean) } }
    : { names, ndarray: mean };
  return JSON.stringify({ data, meta: mergedMeta(messages) });
}

function nested({ shape, values }: { shape: number[]; values: number[] }): Numbers {
  let rows: Numbers[] = values;
  for (const size of shape.slice(1).toReversed())
    rows = Array.from({ length: rows.length / size }, (_, at) => rows.slice(at * size, (at + 1) * size));
  return rows;
}

function flattened(array: Numbers): number[] {
  return Array.isArray(array) ? array.flatMap(flattened) : [array];
}

function shapeOf(array: Numbers): number[] {
  return Array.isArray(array) ? [array.length, ...(array.length > 0 ? shapeOf(array[0]!) : [])] : [];
}

function isNumeric(array: Numbers | undefined): boolean {
  return Array.isArray(array) ? array.every(isNumeric) : typeof array === "number";
}

function meanOf(arrays: readonly Numbers[]): Numbers {
  const [first] = arrays;
  if (Array.isArray(first))
    return first.map((_, at) => meanOf(arrays.map((array) => (array as Numbers[])[at]!)));
  return (arrays as number[]).reduce((sum, value) => sum + value, 0) / arrays.length;
}

function mergedMeta(messages: readonly Message[]): object {
  const metas = messages.flatMap(({ meta }) => (meta ? [meta] : []));
  const tags = Object.assign({}, ...metas.map((one) => one.tags));
  const requestPath = Object.assign({}, ...metas.map((one) => one.requestPath));
  const metrics = metas.flatMap((one) => one.metrics ?? []);
  return {
    ...(metas[0]?.puid !== undefined && { puid: metas[0].puid }),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(metrics.length > 0 && { metrics }),
    ...(Object.keys(requestPath).length > 0 && { requestPath }),
  };
}
