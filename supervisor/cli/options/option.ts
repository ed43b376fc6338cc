// An option is one row. The parser, the help, the completion scripts and the configuration are built from it.

/** Where a server listens. */
export interface Address {
  host: string;
  port: number;
}

/** The type of an option's value, by its kind. */
export interface KindValues {
  text: string;
  texts: string[];
  flag: boolean;
  /** A whole number above 0. */
  count: number;
  port: number;
  /** 0 or more. */
  number: number;
  /** Milliseconds; given in seconds. */
  seconds: number;
  /** Of memory: below 4 GB. */
  bytes: number;
  /** Bytes of a disk. */
  space: number;
  /** An existing folder, as an absolute path. */
  directory: string;
  directories: string[];
  /** An existing file, as an absolute path, or `-`. */
  file: string;
  /** An absolute path; need not exist. */
  path: string;
  address: Address;
  /** A number of rows; undefined for ALL. */
  rows: number | undefined;
}

export type OptionKind = keyof KindValues;

/** The headings of `--help`, in order. */
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
  "Known from Seldon, without effect",
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
  /** The environment variable that is read if the option is not given. */
  variable?: string;
  /** Read if `variable` is not set. */
  otherVariable?: string;
  /** The port of an address that names none, if it is not 8080. */
  usualPort?: number;
  /** The option without which this one has no effect. */
  needs?: string;
  /** The option that sets the same thing in another way; only one of the two may be given. */
  rival?: string;
  /** `-` stands for standard input. */
  takesStandardInput?: boolean;
  /** A second occurrence is an error; otherwise the last one wins. */
  once?: boolean;
}

export interface Option extends Row {
  group: Group;
}

/** Decides by the name, so that a new secret option is masked even if nobody marks it as secret. */
export function isSecret(name: string): boolean {
  return /(token|password|secret)$/i.test(name);
}

/** A command's options by the keys of their values. */
export type OptionSet = Readonly<Record<string, Option>>;

type IsAlwaysThere<O> = O extends { required: true } | { fallback: string | number } | { kind: "flag" }
  ? true
  : false;

type ValueOf<O extends Row> =
  IsAlwaysThere<O> extends true ? KindValues[O["kind"]] : KindValues[O["kind"]] | undefined;

export type ValuesOf<Set extends OptionSet> = { readonly [Key in keyof Set]: ValueOf<Set[Key]> };

/** Puts rows under a heading of `--help`. */
export function inGroup<const Rows extends Readonly<Record<string, Row>>>(
  group: Group,
  rows: Rows,
): { readonly [Key in keyof Rows]: Rows[Key] & { group: Group } } {
  const entries = Object.entries(rows).map(([key, row]) => [key, { ...row, group }]);
  return Object.fromEntries(entries);
}
