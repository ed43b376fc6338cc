// The note that pandas adds to Arrow and Parquet data about its index.

import { isMap } from "./json.js";

/** Names of columns that hold the index of a DataFrame. A RangeIndex has no column. */
export function indexColumns(note: string | undefined): string[] {
  if (note === undefined) return [];
  try {
    const json: unknown = JSON.parse(note);
    const all = isMap(json) && Array.isArray(json.index_columns) ? json.index_columns : [];
    return all.filter((one): one is string => typeof one === "string");
  } catch {
    // Not pandas' own: then nothing is known.
    return [];
  }
}
