// What a worker loads, and what it tells about it (SPEC.md section 6).

import type { ColumnType, JsonMap, Value } from "./values.js";

export interface LoadParams {
  code_directory: string;
  hook_file: string | null;
  artifacts: string[];
  target_type: string;
  positive_class_label: string | null;
  negative_class_label: string | null;
  class_labels: string[] | null;
  /** The hooks to use; null for all that the hook file defines. */
  hooks?: string[] | null;
  /** Whether hooks get an object to report with. */
  reports?: boolean;
  /** Whether workers of other languages run parts of the model. */
  partial?: boolean;
  /** By name. */
  runtime_parameters?: { [name: string]: { value: Value } | { error: string } } | null;
  user_secrets?: { [name: string]: { [field: string]: Value } } | null;
  /** Set if the code is a wrapper class or a model class instead of hooks. */
  component?: ComponentParams | ModelClassParams | null;
}

/** A wrapper class, and what its answers say of it. */
export interface ComponentParams {
  /** `Model`, or `package.module.Class`. */
  name: string;
  /** Arguments of its constructor. */
  parameters: { [name: string]: Value };
  /** The name of the node, and its image; null outside of a graph. */
  unit: string | null;
  image: string | null;
  /** Whether answers contain what the class measures. */
  tells_metrics: boolean;
}

/** A class that answers requests with tensors, as MLServer's users write it. */
export interface ModelClassParams {
  /** `package.module.Class`. */
  name: string;
  /** What its model-settings.json says, as JSON. */
  settings: string;
}

export interface LoadResult {
  hooks: string[];
  predictor: string | null;
  payload_formats: { [format: string]: string | null };
  packages: { [name: string]: string };
  /** Null if nothing is known, or if a hook scores. */
  signature: Signature | null;
  /** What a wrapper class or model class tells about itself; null if nothing. */
  metadata: JsonMap | null;
}

/** What a model knows about its columns. The worker types every request by it. */
export interface Signature {
  /** In the model's order. */
  columns: SignatureColumn[];
  /** How the model itself finds its columns. */
  by: "name" | "position";
}

export interface SignatureColumn {
  name: string;
  /** Null if it is not known. */
  type: ColumnType | null;
  /** The values that a categorical column may have, in the model's order. */
  levels: string[] | null;
}
