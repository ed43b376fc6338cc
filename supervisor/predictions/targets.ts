// What each target type expects of a table of predictions: one row a type, read by check.ts and json.ts.

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
  /** One column of values, or one of probabilities for every class label. */
  shape: "column" | "classes";
  /** Numbers are cast before they are written as JSON; values stay what they are. */
  cells: "numbers" | "values";
  /** The prediction column bears the target's own name, not "Predictions". */
  namedByTarget: boolean;
  /** The probabilities of a row exclude each other: they add up to 1, and of two labels one says the other. */
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
