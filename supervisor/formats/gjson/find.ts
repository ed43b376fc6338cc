// Finds values in JSON by paths of gjson (github.com/tidwall/gjson), as the conditions of inference graphs use them.

import { compareTexts, like, numberIn, truthIn } from "./like.js";
import { type ArrayStep, arrayStep, objectStep, type Query, splitPipe } from "./path.js";
import { items, members, textOf } from "./text.js";

/** The value at the path, as JSON; undefined if there is none. The text must be valid JSON without space around it. */
export function find(json: string, path: string): string | undefined {
  const found = walk(json, path);
  if (found?.value === undefined || found.pipe === undefined) return found?.value;
  return find(found.value, found.pipe);
}

interface Found {
  value: string | undefined;
  /** The path that is left, within the value. */
  pipe: string | undefined;
}

/** Undefined if nothing is found, so that the search goes on; a query that finds an item without the rest of its path ends it. */
function walk(json: string, path: string): Found | undefined {
  if (json.startsWith("{")) return inObject(json, path);
  return json.startsWith("[") ? inArray(json, path) : undefined;
}

function inObject(json: string, path: string): Found | undefined {
  const { part, isWild, rest, pipe } = objectStep(path);
  for (const [key, value] of members(json)) {
    if (isWild ? !like(key, part) : key !== part) continue;
    if (rest === undefined) return { value, pipe };
    const found = walk(value, rest);
    if (found) return found;
  }
  return undefined;
}

function inArray(json: string, path: string): Found | undefined {
  const step = arrayStep(path);
  const { part, query, rest, pipe } = step;
  if (query) return queried(json, query, step);
  if (part === "#") return rest === undefined ? { value: String(count(json)), pipe } : ofEach(json, rest);
  if (!/^\d+$/.test(part)) return undefined;
  let left = Number(part);
  for (const item of items(json)) {
    if (left === 0) return rest === undefined ? { value: item, pipe } : walk(item, rest);
    left -= 1;
  }
  return undefined;
}

function count(json: string): number {
  let found = 0;
  for (const _ of items(json)) found += 1;
  return found;
}

/** A list of what the items have at the path. It is there even if it is empty. */
function ofEach(json: string, path: string): Found {
  const [left, pipe] = splitPipe(path);
  const found: string[] = [];
  for (const item of items(json)) {
    const value = find(item, left);
    if (value !== undefined) found.push(value);
  }
  return { value: `[${found.join(",")}]`, pipe };
}

/** The first item that matches, or a list of all: it is there even if it is empty. */
function queried(json: string, query: Query, { rest, pipe }: ArrayStep): Found | undefined {
  const [left, innerPipe] = rest === undefined ? [undefined, undefined] : splitPipe(rest);
  const ending = (value: string): string | undefined => (left === undefined ? value : find(value, left));
  const found: string[] = [];
  let hasMatched = false;
  for (const item of items(json)) {
    if (!isMatch(item, query)) continue;
    hasMatched = true;
    const value = ending(item);
    if (!query.findsAll) return { value, pipe: pipe ?? innerPipe };
    if (value !== undefined) found.push(value);
  }
  // A pipe after the rest of the path counts only once an item has matched.
  return query.findsAll
    ? { value: `[${found.join(",")}]`, pipe: pipe ?? (hasMatched ? innerPipe : undefined) }
    : undefined;
}

function isMatch(item: string, { path, operator, value: wanted }: Query): boolean {
  const isNested = item.startsWith("{") || item.startsWith("[");
  if (!isNested && path !== "") return false;
  const found = isNested ? find(item, path) : item;
  if (!wanted.startsWith("~")) return compared(found, operator, wanted);
  const truth = truths[wanted.slice(1)]?.(found);
  return truth !== undefined && compared(String(truth), operator, "true");
}

/** What a value counts as after `~`. */
const truths: Readonly<Record<string, (found: string | undefined) => boolean>> = {
  "*": (found) => found !== undefined,
  null: (found) => found === undefined || found === "null",
  true: (found) => truthOf(found) === true,
  false: (found) => found === undefined || found === "null" || truthOf(found) === false,
};

function truthOf(found: string | undefined): boolean | undefined {
  if (found === undefined || /^[{[n]/.test(found)) return undefined;
  if (found.startsWith('"')) return truthIn(textOf(found));
  return found === "true" || found === "false" ? found === "true" : Number(found) !== 0;
}

function compared(found: string | undefined, operator: string, wanted: string): boolean {
  if (found === undefined) return false;
  if (operator === "") return true;
  if (found.startsWith('"')) {
    const text = textOf(found);
    if (operator.endsWith("%")) return like(text, wanted) === (operator === "%");
    return holds(compareTexts(text, wanted), operator);
  }
  if (found === "true" || found === "false") return truthCompared(found, operator, wanted);
  if (/^[{[n]/.test(found)) return false;
  // A text that is no number counts as 0.
  const [number, other] = [Number(found), numberIn(wanted)];
  if (Number.isNaN(other)) return operator === "!=";
  return holds(number < other ? -1 : Number(number > other), operator);
}

function holds(order: number, operator: string): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return operator === ">=" && order >= 0;
  }
}

/** Whatever is wanted, true is at least that, and false at most. */
function truthCompared(found: "true" | "false", operator: string, wanted: string): boolean {
  if (operator === "=") return found === wanted;
  if (operator === "!=") return found !== wanted;
  const [beyond, orEqual] = found === "true" ? [">", ">="] : ["<", "<="];
  return operator === orEqual || (operator === beyond && wanted === (found === "true" ? "false" : "true"));
}
