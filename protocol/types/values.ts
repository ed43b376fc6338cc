// The values that messages consist of, and the types of columns.

/** The values that can be sent: the msgpack subset of SPEC.md section 3. */
export type Value = null | boolean | number | string | Uint8Array | Value[] | { [key: string]: Value };
/** How deep arrays and maps may nest in a message. */
export const maxDepth = 64;
export type Params = { [key: string]: Value };

/** A JSON object. */
export type JsonMap = { [key: string]: Value };

export type ColumnType = "float64" | "float32" | "int64" | "bool" | "utf8" | "json" | "date" | "timestamp";
