// The rules for a table of predictions, one entry per target type.

export const targetTypes = [
  "regression",
  "binary",
  "multiclass",
  "multilabel",
  "anomaly",
  "textgeneration",
  "vectordatabase",
  "agenticworkflow",
  "geopoint",
  "transform",
  "unstructured",
] as const;
export type TargetType = (typeof targetTypes)[number];

export interface TargetRule {
  /** One column of values, or one column of probabilities per class label. */
  shape: "column" | "classes";
  /** JSON output casts "numbers" to floats and leaves "values" unchanged. */
  cells: "numbers" | "values";
  /** Whether a hook may name the prediction column after the target; the output calls it "Predictions" all the same. */
  namedByTarget: boolean;
  /** Whether the labels are mutually exclusive: a row adds up to 1, so one of two labels determines the other. */
  exclusive: boolean;
}

const numbers: TargetRule = { shape: "column", cells: "numbers", namedByTarget: false, exclusive: false };
const texts: TargetRule = { shape: "column", cells: "values", namedByTarget: true, exclusive: false };
const classes: TargetRule = { shape: "classes", cells: "numbers", namedByTarget: false, exclusive: true };

export const targetRules = {
  regression: numbers,
  anomaly: numbers,
  binary: classes,
  multiclass: classes,
  multilabel: { ...classes, exclusive: false },
  textgeneration: texts,
  vectordatabase: texts,
  agenticworkflow: texts,
  geopoint: { ...texts, namedByTarget: false },
} as const satisfies { [targetType: string]: TargetRule };

/** The target types whose predictions are a table. */
export type TableTargetType = keyof typeof targetRules;
