// Chooses the target type and the labels from options, variables and model-metadata.yaml, which must agree.

import { usage } from "../errors.js";
import { type TargetType, targetTypes } from "../predictions/targets.js";
import type { Metadata } from "./metadata/metadata.js";

export interface Target {
  type: TargetType;
  /** Binary: [negative, positive]; multiclass and multilabel: as requested; empty for other types. */
  labels: readonly string[];
  /** Column name of text-like targets. */
  name: string | undefined;
  /** Whether the type was assumed, since nothing sets it. */
  isAssumed?: true;
}

const textLike: readonly TargetType[] = ["textgeneration", "vectordatabase", "agenticworkflow"];
const manyLabels: readonly TargetType[] = ["multiclass", "multilabel"];

/** The requested labels. */
export interface LabelWishes {
  positiveClassLabel: string | undefined;
  negativeClassLabel: string | undefined;
  classLabels: readonly string[] | undefined;
}

/** The target as set by options and variables. */
export interface TargetWishes extends LabelWishes {
  /** What is served already, for a model that says nothing else. */
  served?: Target | undefined;
  targetType: string | undefined;
  /** Column that text-like targets predict. */
  targetName: string | undefined;
  /** Whether a type that nothing sets is binary where binary labels are given, else regression. */
  assumesTargetType?: boolean;
}

export function chooseTarget(config: TargetWishes, metadata: Metadata | undefined): Target {
  const assumed = assumedType(config, metadata);
  const type = assumed ?? chooseType(config, metadata);
  const served = config.served?.type === type ? config.served : undefined;
  const labels =
    type === "binary"
      ? binaryLabels(config, metadata, served)
      : manyLabels.includes(type)
        ? classLabels(config, { type, metadata, served })
        : [];
  if (type !== "binary" && config.positiveClassLabel !== undefined) {
    throw usage(`--positive-class-label is for the target type binary, got ${type}; leave it out`);
  }
  if (!manyLabels.includes(type) && config.classLabels !== undefined) {
    throw usage(
      `--class-labels is for the target types ${manyLabels.join(" and ")}, got ${type}; leave it out`,
    );
  }
  const name = config.targetName ?? metadata?.targetName ?? served?.name;
  if (textLike.includes(type) && name === undefined) {
    throw usage(`the target type ${type} needs the name of its column; set the variable TARGET_NAME`);
  }
  return { type, labels, name, ...(assumed && { isAssumed: true }) };
}

function assumedType(config: TargetWishes, metadata: Metadata | undefined): TargetType | undefined {
  const { assumesTargetType, targetType, classLabels } = config;
  if (!assumesTargetType || (targetType ?? metadata?.targetType) !== undefined) return undefined;
  // They may be those of multiclass or of multilabel.
  if (classLabels ?? metadata?.classLabels) return undefined;
  const labels = [config, metadata].flatMap((one) => [one?.positiveClassLabel, one?.negativeClassLabel]);
  return labels.some((label) => label !== undefined) ? "binary" : "regression";
}

/** Throws USAGE if options and metadata disagree or neither sets the type. */
export function chooseType(
  config: Pick<TargetWishes, "targetType" | "served">,
  metadata: Metadata | undefined,
): TargetType {
  const [asked, written] = [config.targetType, metadata?.targetType];
  if (asked !== undefined && written !== undefined && asked !== written) {
    throw usage(
      `--target-type ${asked} disagrees with ${metadata?.file}, which says ${written}; change one of them`,
    );
  }
  const type = asked ?? written ?? config.served?.type;
  if (type === undefined) {
    throw usage(
      "no target type was given; add --target-type, the variable TARGET_TYPE or targetType in model-metadata.yaml",
    );
  }
  const known = targetTypes.find((one) => one === type);
  if (!known) throw usage(`the target type must be one of ${targetTypes.join(", ")}, got "${type}"`);
  return known;
}

function binaryLabels(
  config: TargetWishes,
  metadata: Metadata | undefined,
  served: Target | undefined,
): readonly string[] {
  const positive = agree("positive class label", config.positiveClassLabel, metadata?.positiveClassLabel);
  const negative = agree("negative class label", config.negativeClassLabel, metadata?.negativeClassLabel);
  if (positive === undefined && negative === undefined && served) return served.labels;
  if (positive === undefined || negative === undefined) {
    throw usage(
      "the target type binary needs both labels; add --positive-class-label and --negative-class-label",
    );
  }
  if (positive === negative) {
    throw usage(`the positive and the negative class label must differ, both are "${positive}"`);
  }
  return [negative, positive];
}

function classLabels(
  config: TargetWishes,
  {
    type,
    metadata,
    served,
  }: { type: TargetType; metadata: Metadata | undefined; served: Target | undefined },
): readonly string[] {
  const [asked, written] = [config.classLabels, metadata?.classLabels];
  if (asked && written && [...asked].sort().join("\n") !== [...written].sort().join("\n")) {
    throw usage(
      `the given class labels (${asked.join(", ")}) differ from those in ${metadata?.file} (${written.join(", ")}); change one of them`,
    );
  }
  const labels = asked ?? written ?? served?.labels;
  if (!labels) {
    throw usage(`the target type ${type} needs labels; add --class-labels or --class-labels-file`);
  }
  return labels;
}

function agree(what: string, asked: string | undefined, written: string | undefined): string | undefined {
  if (asked !== undefined && written !== undefined && asked !== written) {
    throw usage(`the ${what} "${asked}" disagrees with model-metadata.yaml, which says "${written}"`);
  }
  return asked ?? written;
}
