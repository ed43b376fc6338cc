// Draws the graphs of a document as Mermaid.

import type { GraphDocument, GraphNode } from "./graph.js";

export function drawGraph({ predictors }: GraphDocument): string {
  const lines = ["flowchart LR"];
  let count = 0;
  const draw = (node: GraphNode): string => {
    const id = `n${count++}`;
    const what = node.implementation ?? node.type;
    lines.push(`    ${id}["${escaped(node.name)}<br/>${escaped(what)}"]`);
    for (const [at, child] of node.children.entries()) {
      const label = node.type === "ROUTER" ? `|${at}|` : "";
      lines.push(`    ${id} -->${label} ${draw(child)}`);
    }
    return id;
  };
  for (const { name, graph, traffic, shadow } of predictors) {
    lines.push(
      `  subgraph ${`p${count}`}["${escaped(name)}${shadow ? ", shadow" : traffic ? `, ${traffic} %` : ""}"]`,
    );
    draw(graph);
    lines.push("  end");
  }
  return `${lines.join("\n")}\n`;
}

export function escaped(text: string): string {
  return text.replace(/["<>&]/g, (found) => `#${found.codePointAt(0)};`);
}
