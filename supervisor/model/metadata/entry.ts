// Reads a YAML file as entries that know their place, so that errors name the file, line and column. Scalars stay strings.

import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { DrumError } from "../../errors.js";
import { nearest, suggested } from "../../suggest.js";

/** Number() would also take 0x1 and 0b1. */
const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

interface Source {
  file: string;
  document: Document.Parsed;
  lines: LineCounter;
}

/** The values of a map by key. A key without a value counts as absent. */
export type Fields<Key extends string = string> = Readonly<Partial<Record<Key, Entry>>>;

/** One value of the file: a text, a list or a map. Reading it as another kind throws METADATA_INVALID. */
export class Entry {
  constructor(
    private readonly source: Source,
    private readonly node: Node,
    /** The path in the file, e.g. `typeSchema.input_requirements[0].field`; empty at the top. */
    readonly path: string,
  ) {}

  /** `FILE, line 7, column 3`. */
  get place(): string {
    return placeOf(this.source, this.node);
  }

  /** The value as JavaScript strings, arrays and objects. */
  get value(): unknown {
    return this.node.toJS(this.source.document);
  }

  /** An error at this place, described by `what`. */
  fault(what: string): DrumError {
    return invalid(this.place, what);
  }

  /** An error for a value that is not as expected. */
  unlike(expected: string): DrumError {
    return this.fault(`${this.path || "the file"} is ${shown(this.node)}; expected ${expected}`);
  }

  /** A single, non-empty value. */
  text(expected = "a single value"): string {
    const text = isScalar(this.node) ? String(this.node.value) : "";
    if (text === "") throw this.unlike(expected);
    return text;
  }

  oneOf<Word extends string>(words: readonly Word[]): Word {
    const expected = words.length === 1 ? words[0]! : `one of ${words.join(", ")}`;
    const text = this.text(expected);
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw this.unlike(expected + suggested(text, words));
  }

  number(expected: string, fits: (value: number) => boolean = () => true): number {
    const text = this.text(expected).trim();
    const value = Number(text);
    if (!decimal.test(text) || !Number.isFinite(value) || !fits(value)) throw this.unlike(expected);
    return value;
  }

  integer(expected: string, fits: (value: number) => boolean = () => true): number {
    return this.number(expected, (value) => Number.isSafeInteger(value) && fits(value));
  }

  get isList(): boolean {
    return isSeq(this.node);
  }

  list(expected: string): Entry[] {
    if (!isSeq(this.node)) throw this.unlike(expected);
    return this.node.items.map((item, at) => new Entry(this.source, item as Node, `${this.path}[${at}]`));
  }

  /** A map with any keys. */
  map(expected: string): Fields {
    const fields: Record<string, Entry> = Object.create(null);
    for (const { key, value } of this.pairs(expected)) {
      const name = nameOf(key);
      const isLeftOut = value === null || (isScalar(value) && value.value === "");
      if (!isLeftOut) fields[name] = new Entry(this.source, value, this.path ? `${this.path}.${name}` : name);
    }
    return fields;
  }

  /** A map with only these keys, and with all of the `needed` ones. */
  fields<Key extends string>(keys: readonly Key[], needed: readonly Key[] = []): Fields<Key> {
    const expected = `a map of ${keys.join(", ")}`;
    const strange = this.pairs(expected).find(
      ({ key }) => !(keys as readonly string[]).includes(nameOf(key)),
    );
    if (strange) throw this.strangeKey(strange.key, keys);
    const fields: Fields<Key> = this.map(expected);
    const missing = needed.find((key) => fields[key] === undefined);
    if (missing !== undefined) throw this.fault(`${this.path || "the file"} lacks ${missing}; add it`);
    return fields;
  }

  /** Throws where this or a value in it is in flow style, which DRUM rejects too. */
  checkBlockStyle(): void {
    const refuse = (_key: unknown, node: Node & { flow?: boolean }) => {
      if (!node.flow) return;
      const what = isMap(node) ? "a map in flow style, {…}" : "a list in flow style, […]";
      throw invalid(
        placeOf(this.source, node),
        `this is ${what}; write ${isMap(node) ? "each key" : "each item, after a dash,"} on a line of its own`,
      );
    };
    visit(this.node, { Collection: refuse });
  }

  private pairs(expected: string): { key: Node; value: Node | null }[] {
    if (!isMap<Node, Node>(this.node)) throw this.unlike(expected);
    return this.node.items;
  }

  private strangeKey(key: Node, keys: readonly string[]): DrumError {
    const where = this.path === "" ? "" : ` in ${this.path}`;
    const meant = nearest(nameOf(key), keys);
    const remedy = meant === undefined ? `expected one of ${keys.join(", ")}` : `did you mean ${meant}?`;
    return invalid(placeOf(this.source, key), `unknown key "${nameOf(key)}"${where}; ${remedy}`);
  }
}

/** Returns the top of the file. Throws METADATA_INVALID for invalid YAML, and for aliases and tags, which DRUM rejects too. */
export function readEntries(file: string, text: string): Entry {
  const lines = new LineCounter();
  const options = { schema: "failsafe", uniqueKeys: true, prettyErrors: false, lineCounter: lines } as const;
  const document = parseDocument(text, options);
  const source = { file, document, lines };
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) throw invalid(at(source, fault.pos[0]), faultWords[fault.code] ?? notYaml(fault.message));
  visit(document, {
    Alias(_key, alias) {
      throw invalid(placeOf(source, alias), notYaml(`*${alias.source} is an alias; write the value itself`));
    },
  });
  if (document.contents === null)
    throw invalid(file, "the file is empty; describe the model in it, or delete it");
  return new Entry(source, document.contents, "");
}

/** Replaces parser messages that do not help. */
const faultWords: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key appears twice; keep one",
  MULTIPLE_DOCS: "a second document begins here; keep one and remove the line ---",
};

function notYaml(why: string): string {
  return `this is not valid YAML: ${why}`;
}

function invalid(place: string, what: string): DrumError {
  return new DrumError("METADATA_INVALID", `${place}: ${what}`);
}

const mostShown = 60;

/** Describes a value. Does not show what maps and lists hold, which may be long or secret. */
function shown(node: Node): string {
  if (isMap(node)) return "a map";
  if (isSeq(node)) return node.items.length === 0 ? "an empty list" : `a list of ${node.items.length}`;
  const text = isScalar(node) ? String(node.value) : "";
  if (text === "") return "empty";
  return JSON.stringify(text.length > mostShown ? `${text.slice(0, mostShown)}…` : text);
}

function nameOf(key: Node): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function placeOf(source: Source, node: Node): string {
  return at(source, node.range?.[0] ?? 0);
}

function at({ file, lines }: Source, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${file}, line ${line}, column ${col}`;
}
