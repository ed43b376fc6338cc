// What an option is: one row, from which the parser, the help, the completion scripts and the configuration are made.

/** Where a server listens. */
export interface Address {
  host: string;
  port: number;
}

/** What an option's text becomes, by its kind. */
export interface KindValues {
  text: string;
  texts: string[];
  flag: boolean;
  /** A whole number above 0. */
  count: number;
  /** A number from 0. */
  number: number;
  /** Milliseconds; given in seconds. */
  seconds: number;
  bytes: number;
  /** A folder that exists, absolute. */
  directory: string;
  directories: string[];
  /** A file that exists, absolute. */
  file: string;
  /** Absolute; need not exist. */
  path: string;
  address: Address;
  /** A number of rows; undefined for ALL. */
  rows: number | undefined;
}

export type OptionKind = keyof KindValues;

/** The headings of `--help`, in their order. */
export const groups = [
  "Model",
  "Running",
  "Serving",
  "Monitoring",
  "Training",
  "Testing",
  "Service",
  "Container",
  "Other",
  "Known from DRUM, refused here",
] as const;
export type Group = (typeof groups)[number];

export interface Row {
  /** Long name without its dashes. */
  name: string;
  /** One letter. */
  short?: string;
  kind: OptionKind;
  help: string;
  placeholder?: string;
  choices?: readonly string[];
  required?: boolean;
  /** The default, as a user would write it. */
  fallback?: string | number;
  /** The environment variable that counts when the option is not given. */
  variable?: string;
  /** Counts when `variable` is not set. */
  otherVariable?: string;
  /** The option without which this one has no effect. */
  needs?: string;
  /** The option that gives the same thing in another way. */
  rival?: string;
  /** A second occurrence is an error; otherwise the last one counts. */
  once?: boolean;
}

export interface Option extends Row {
  group: Group;
}

/** A command's options by the names that its configuration gives their values. */
export type OptionSet = Readonly<Record<string, Option>>;

type IsAlwaysThere<O> = O extends { required: true } | { fallback: string | number } | { kind: "flag" }
  ? true
  : false;

type ValueOf<O extends Row> =
  IsAlwaysThere<O> extends true ? KindValues[O["kind"]] : KindValues[O["kind"]] | undefined;

/** The values of a set of options. */
export type ValuesOf<Set extends OptionSet> = { readonly [Key in keyof Set]: ValueOf<Set[Key]> };

/** Puts rows under a heading of `--help`. */
export function inGroup<const Rows extends Readonly<Record<string, Row>>>(
  group: Group,
  rows: Rows,
): { readonly [Key in keyof Rows]: Rows[Key] & { group: Group } } {
  const entries = Object.entries(rows).map(([key, row]) => [key, { ...row, group }]);
  return Object.fromEntries(entries);
}
