// Reads the text of a graph, of any kind.

import { parseAllDocuments } from "yaml";
import { usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";

/** Throws USAGE for a text that is not one map in YAML or JSON. */
export function parseGraph(text: string): Record<string, unknown> {
  const [document, ...others] = parseAllDocuments(text, { maxAliasCount: 100 } as never);
  if (!document || others.length > 0 || document.errors.length > 0) {
    const why = document?.errors[0]?.message ?? `${1 + others.length} documents`;
    throw usage(`the graph must be one document of YAML or JSON: ${why.split("\n")[0]}`);
  }
  const found = document.toJS({ maxAliasCount: 100 }) as unknown;
  if (isMap(found)) return found;
  throw usage(`the graph must be a SeldonDeployment or an InferenceGraph, got ${typeof found}`);
}
