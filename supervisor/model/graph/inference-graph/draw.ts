// Draws an InferenceGraph as Mermaid.

import { escaped } from "../draw.js";
import { type GraphStep, type InferenceGraph, type RouterNode, rootName } from "./document.js";

export function drawInferenceGraph({ nodes }: InferenceGraph): string {
  const lines = ["flowchart LR"];
  const ids = new Map<string, string>();
  const idOf = (kind: string, name: string, what: string): string => {
    const key = `${kind} ${name}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = `n${ids.size}`;
    ids.set(key, id);
    lines.push(`  ${id}["${escaped(name)}${what && `<br/>${escaped(what)}`}"]`);
    return id;
  };
  const nodeId = ({ name, type }: RouterNode) => idOf("node", name, type);
  // The root comes first.
  const root = nodes.get(rootName);
  if (root) nodeId(root);
  for (const node of nodes.values()) {
    for (const [at, step] of node.steps.entries()) {
      const from = nodeId(node);
      const { kind, name } = step.target;
      const target = kind === "node" ? nodes.get(name) : undefined;
      const to = target ? nodeId(target) : idOf(kind, name, "");
      lines.push(`  ${from} -->|"${escaped(labelOf(step, node, at))}"| ${to}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function labelOf(
  { name, weight, condition, takesResponse, isHard }: GraphStep,
  node: RouterNode,
  at: number,
) {
  const parts = [name ?? String(at)];
  if (node.type === "Splitter") parts.push(`${weight ?? 0} %`);
  if (condition && node.type !== "Ensemble" && node.type !== "Splitter") parts.push(`if ${condition}`);
  if (node.type === "Sequence" && takesResponse) parts.push("$response");
  if (isHard) parts.push("hard");
  return parts.join(", ");
}
