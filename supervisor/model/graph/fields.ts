// Values of a document of unknown form.

import { isMap } from "../../formats/json.js";

export type Fields = Readonly<Record<string, unknown>>;

/** Tells the members that are not read: those that only a cluster can use, and slips of the pen. */
export function skipOthers(
  fields: Fields,
  read: readonly string[],
  place: string,
  findings: { skip(place: string): void },
): void {
  for (const name of Object.keys(fields)) if (!read.includes(name)) findings.skip(`${place}.${name}`);
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
export const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isMap(value) ? value : {}).flatMap(([name, item]) => {
      const text = typeof item === "boolean" ? String(item) : textOf(item);
      return text === undefined ? [] : [[name, text]];
    }),
  );
