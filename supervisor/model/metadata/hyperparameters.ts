// Reads `hyperparameters` of model-metadata.yaml: the parameters that fit accepts, and their defaults.

import type { Entry } from "./entry.js";

export type HyperparameterValue = number | string;

export interface Hyperparameter {
  name: string;
  type: "int" | "float" | "string" | "select" | "multi";
  /** `default`, or else `min`, "", the first choice, or the default of the first component. Undefined for a `multi` without components. */
  default: HyperparameterValue | undefined;
}

const longestName = 64;
const longestText = 1024;
const mostChoices = 24;

const readers: Readonly<Record<Hyperparameter["type"], (entry: Entry) => HyperparameterValue | undefined>> = {
  int: (entry) => readRange(entry, true),
  float: (entry) => readRange(entry, false),
  string: (entry) => textOf(entry.fields(["name", "type", "default"]).default) ?? "",
  select: (entry) => {
    const fields = entry.fields(["name", "type", "values", "default"], ["values"]);
    const [first] = choicesOf(fields.values!);
    return textOf(fields.default) ?? first;
  },
  multi: readMulti,
};

/** In the order of the file. Throws METADATA_INVALID. */
export function readHyperparameters(entry: Entry | undefined): Hyperparameter[] {
  const found: Hyperparameter[] = [];
  for (const item of entry?.list("a list of maps with name and type") ?? []) {
    const { name: nameEntry, type: typeEntry } = item.map("a map with name and type");
    if (!nameEntry || !typeEntry) {
      throw item.fault(`${item.path} lacks ${nameEntry ? "type" : "name"}; add it`);
    }
    const type = typeEntry.oneOf(Object.keys(readers) as Hyperparameter["type"][]);
    const name = nameOf(nameEntry);
    if (found.some((one) => one.name === name)) {
      throw nameEntry.fault(`the hyperparameter ${name} appears twice; keep one`);
    }
    found.push({ name, type, default: readers[type](item) });
  }
  return found;
}

/** Name to value, for a fit without parameters. */
export function defaultHyperparameters(
  hyperparameters: readonly Hyperparameter[],
): Record<string, HyperparameterValue> {
  const pairs = hyperparameters.map(({ name, default: value }) => [name, value] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Record<
    string,
    HyperparameterValue
  >;
}

function nameOf(entry: Entry): string {
  const expected = `letters with underscores between them, ${longestName} at most`;
  const name = entry.text(expected);
  if (name.length > longestName || !/^[a-z]([a-z_]*[a-z])?$/i.test(name)) throw entry.unlike(expected);
  return name;
}

function readRange(entry: Entry, isWhole: boolean): number {
  const fields = entry.fields(["name", "type", "min", "max", "default"], ["min", "max"]);
  const [least, most] = boundsOf({ min: fields.min!, max: fields.max! }, isWhole);
  const expected = `${isWhole ? "a whole number" : "a number"} from ${least} to ${most}`;
  const fits = (value: number) => value >= least && value <= most;
  return (
    (isWhole ? fields.default?.integer(expected, fits) : fields.default?.number(expected, fits)) ?? least
  );
}

function boundsOf({ min, max }: { min: Entry; max: Entry }, isWhole: boolean): [number, number] {
  const [least, most] = isWhole
    ? [min.integer("a whole number"), max.integer("a whole number")]
    : [min.number("a number"), max.number("a number")];
  if (least >= most) throw max.unlike(`a number above min, which is ${least}`);
  return [least, most];
}

function choicesOf(entry: Entry): string[] {
  const expected = `a list of 1 to ${mostChoices} texts`;
  const items = entry.list(expected);
  if (items.length < 1 || items.length > mostChoices) throw entry.unlike(expected);
  return items.map((item) => textOf(item)!);
}

function textOf(entry: Entry | undefined): string | undefined {
  const text = entry?.text(`a text of ${longestText} characters at most`);
  if (text !== undefined && text.length > longestText) {
    throw entry!.fault(`${entry!.path} has ${text.length} characters; the maximum is ${longestText}`);
  }
  return text;
}

/** A value of any component. Without a default, that of the first component by name counts, as in DRUM. */
function readMulti(entry: Entry): HyperparameterValue | undefined {
  const fields = entry.fields(["name", "type", "values", "default"], ["values"]);
  const { float, int, select } = fields.values!.fields(["float", "int", "select"]);
  const range = (part: Entry | undefined, isWhole: boolean) => {
    const { min, max } = part?.fields(["min", "max"], ["min", "max"]) ?? {};
    return min && max && boundsOf({ min, max }, isWhole)[0];
  };
  const choices = select && choicesOf(select.fields(["values"], ["values"]).values!);
  const first = [range(float, false), range(int, true), choices?.[0]].find((value) => value !== undefined);
  const given = textOf(fields.default);
  if (given === undefined) return first;
  const isNumber = (float || int) && !choices?.includes(given) && given.trim() !== "";
  return isNumber && Number.isFinite(Number(given)) ? Number(given) : given;
}
