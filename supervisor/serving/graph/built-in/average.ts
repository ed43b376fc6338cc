// The average of the children's answers, element by element.

import { DrumError } from "../../../errors.js";
import type { GraphNode } from "../../../model/graph/graph.js";
import { floatText, type Message, readAnswers } from "../message.js";

type Numbers = number | Numbers[];

/** In the form of the first message. Throws HOOK_RESULT_INVALID for what is no array of numbers, and for arrays of other shapes. */
export function average(node: GraphNode, text: string): string {
  const messages = readAnswers(text, node.name);
  const arrays = messages.map(({ data }) => (data?.tensor ? nested(data.tensor) : data?.ndarray) as Numbers);
  const told = arrays.map((array) =>
    isNumeric(array) ? `[${shapeOf(array).join(",")}]` : "no array of numbers",
  );
  if (new Set(told).size !== 1 || !arrays.every(isNumeric)) {
    const answers = told.map((one, at) => `${node.children[at]?.name ?? at} answered ${one}`).join(", ");
    throw new DrumError(
      "HOOK_RESULT_INVALID",
      `${node.name} averages arrays of numbers of one shape; ${answers}`,
    );
  }
  const mean = meanOf(arrays);
  const [first] = messages;
  const names = JSON.stringify(first?.data?.names ?? []);
  const array = first?.data?.tensor
    ? `"tensor":{"shape":${JSON.stringify(shapeOf(mean))},"values":${printed(flattened(mean))}}`
    : `"ndarray":${printed(mean)}`;
  return `{"data":{"names":${names},${array}},"meta":${JSON.stringify(mergedMeta(messages))}}\n`;
}

function nested({ shape = [], values = [] }: { shape?: number[]; values?: unknown[] }): Numbers {
  let rows = values as Numbers[];
  for (const size of shape.slice(1).toReversed())
    rows = Array.from({ length: rows.length / size }, (_, at) => rows.slice(at * size, (at + 1) * size));
  return rows;
}

/** A mean is a float, even if it is whole. */
function printed(array: Numbers): string {
  if (Array.isArray(array)) return `[${array.map(printed).join(",")}]`;
  return floatText(array);
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
