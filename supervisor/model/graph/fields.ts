// Values of a document of unknown form.

import { isMap } from "../../formats/json.js";

export type Fields = Readonly<Record<string, unknown>>;

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
