// Reads the text of a graph, of any kind.

import { parseAllDocuments } from "yaml";
import { usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";

export const graphKinds = ["SeldonDeployment", "InferenceGraph"] as const;

/** The graph among the documents of a file; those of other kinds, such as secrets, are passed over. Throws USAGE if there is not one. */
export function parseGraph(text: string): Record<string, unknown> {
  const documents = parseAllDocuments(text, { maxAliasCount: 100 } as never);
  const broken = documents.find(({ errors }) => errors.length > 0);
  if (broken) {
    const [words = ""] = broken.errors[0]!.message.split("\n");
    throw usage(`the graph is not valid YAML or JSON: ${words.replace(/:$/, "")}`);
  }
  const found = documents.flatMap((one) => itemsOf(one.toJS({ maxAliasCount: 100 }) as unknown));
  const graphs = found.filter(isMap).filter(({ kind }) => graphKinds.includes(kind as never));
  if (graphs.length === 1) return graphs[0]!;
  const kinds = found.map((one) =>
    isMap(one) ? String(one.kind ?? "a map without kind") : `a ${typeof one}`,
  );
  const got = graphs.length > 1 ? `${graphs.length} of them` : kinds.join(", ") || "an empty file";
  throw usage(`the file must have one ${graphKinds.join(" or ")}, got ${got}`);
}

/** Those of a list, as kubectl prints several documents. */
function itemsOf(found: unknown): unknown[] {
  if (isMap(found) && found.kind === "List" && Array.isArray(found.items)) return found.items as unknown[];
  return Array.isArray(found) ? (found as unknown[]) : [found];
}
