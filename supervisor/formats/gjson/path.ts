// Reads paths of gjson, one step at a time: the same path means other steps in an object than in an array.

/** One step of a path. Of `rest` and `pipe`, at most one is there. */
export interface Step {
  part: string;
  /** The path within what the step finds. */
  rest: string | undefined;
  /** The path within what the whole path finds. */
  pipe: string | undefined;
}

export interface ObjectStep extends Step {
  isWild: boolean;
}

/** A backslash takes the next character literally, but a wildcard beside it stays one. */
export function objectStep(path: string): ObjectStep {
  let part = "";
  let isWild = false;
  for (let at = 0; at < path.length; at++) {
    const one = path[at]!;
    if (one === "\\") {
      at += 1;
      part += path[at] ?? "";
    } else if (one === "." || one === "|") {
      return { part, isWild, ...after(path, at) };
    } else {
      if (one === "*" || one === "?") isWild = true;
      part += one;
    }
  }
  return { part, isWild, rest: undefined, pipe: undefined };
}

export interface ArrayStep extends Step {
  query: Query | undefined;
}

/** `#(PATH OPERATOR VALUE)` */
export interface Query {
  path: string;
  /** Empty if the query asks for existence. */
  operator: string;
  value: string;
  /** Whether all items that match are found: `#(…)#`. */
  findsAll: boolean;
}

export function arrayStep(path: string): ArrayStep {
  const end = queryEnd(path);
  const query = end === undefined ? undefined : queryIn(path.slice(2, end), path[end + 1] === "#");
  for (let at = (end ?? -1) + 1; at < path.length; at++)
    if (path[at] === "." || path[at] === "|") return { part: path.slice(0, at), query, ...after(path, at) };
  return { part: path, query, rest: undefined, pipe: undefined };
}

function after(path: string, at: number): Pick<Step, "rest" | "pipe"> {
  const left = path.slice(at + 1);
  return path[at] === "." ? { rest: left, pipe: undefined } : { rest: undefined, pipe: left };
}

/** Where the bracket of a query closes; undefined for a path without a query at its start, or with one that never closes. */
export function queryEnd(path: string): number | undefined {
  if (!/^#[([]/.test(path)) return undefined;
  let depth = 0;
  for (let at = 1; at < path.length; at++) {
    const one = path[at]!;
    if (one === "\\") at += 1;
    else if (one === "(" || one === "[") depth += 1;
    else if (one === '"') at = pastQuoted(path, at);
    else if (one === ")" || one === "]") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return undefined;
}

/** Where the quotes close. */
function pastQuoted(path: string, from: number): number {
  let at = from + 1;
  while (at < path.length && path[at] !== '"') at += path[at] === "\\" ? 2 : 1;
  return at;
}

function queryIn(text: string, findsAll: boolean): Query {
  const start = operatorIn(text);
  if (start === undefined) return { path: trimmed(text), operator: "", value: "", findsAll };
  const right = trimmed(text.slice(start));
  const operator = /^(?:!=|!%|<=|>=|==|[=<>%]|!$)?/.exec(right)![0];
  const value = trimmed(right.slice(operator.length));
  return {
    path: trimmed(text.slice(0, start)),
    operator: operator === "==" ? "=" : operator,
    value: /^".*"$/s.test(value) && value.length > 1 ? unescaped(value) : value,
    findsAll,
  };
}

/** Operators within brackets and quotes are those of inner queries and values. */
function operatorIn(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at]!;
    if (depth === 0 && "!=<>%".includes(one)) return at;
    if (one === "\\") at += 1;
    else if (one === "(" || one === "[") depth += 1;
    else if (one === ")" || one === "]") depth -= 1;
    else if (one === '"') at = pastQuoted(text, at);
  }
  return undefined;
}

/** As in JSON, as far as the text is JSON. */
function unescaped(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}

function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text.charCodeAt(start) <= 32) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 32) end -= 1;
  return text.slice(start, end);
}

/** Splits at the first `|` that is not escaped. Queries hold none: pathFault refuses them. */
export function splitPipe(path: string): readonly [left: string, pipe: string | undefined] {
  for (let at = 0; at < path.length; at++) {
    if (path[at] === "\\") at += 1;
    else if (path[at] === "|") return [path.slice(0, at), path.slice(at + 1)];
  }
  return [path, undefined];
}

/** The modifiers that gjson knows; any other name after @ is a key. */
const modifiers =
  /^@(pretty|ugly|reverse|this|flatten|join|valid|keys|values|tostr|fromstr|group|dig)(?=[.|:]|$)/;

/** Characters. The time that a path takes grows with its length. */
const longest = 1000;

/** What is wrong with a path, or not supported; undefined if nothing is. */
export function pathFault(path: string): string | undefined {
  if (path.length > longest) return `the path has ${path.length} characters, at most ${longest} may be`;
  for (let left: string | undefined = path; left !== undefined; ) {
    const fault = startFault(left);
    if (fault !== undefined) return fault;
    const step: Step = left.startsWith("#") ? arrayStep(left) : objectStep(left);
    left = step.rest ?? step.pipe;
  }
  return undefined;
}

function startFault(path: string): string | undefined {
  const modifier = modifiers.exec(path)?.[1];
  if (modifier !== undefined) return `the modifier @${modifier} is not supported`;
  if (/^[[{]/.test(path))
    return `${path} selects several paths, whose collection always exists; write one path`;
  if (path.startsWith("!")) return `the literal ${path} is not supported; write \\! for a key`;
  if (path.startsWith("..")) return "lines of JSON (..) are not supported";
  if (!/^#[([]/.test(path)) return undefined;
  const { query, part } = arrayStep(path);
  if (!query) return `the query ${path} has no closing bracket`;
  // gjson takes it for one after the query in some places.
  if (part.includes("|")) return `the pipe within the query ${part} is not supported`;
  const isKnown = query.operator === "" ? query.value === "" : query.operator !== "!";
  return isKnown ? pathFault(query.path) : `the operator in ${part} is unknown`;
}
