// Reads protobuf's text form without a schema: every field is a list of what was given for it.

export type TextValue = string | number | boolean | TextMessage;
export interface TextMessage {
  [field: string]: TextValue[];
}

/** Throws a SyntaxError, which tells the line. Names of enums are texts. */
export function parseTextProto(text: string): TextMessage {
  const reader = new Reader(text);
  const message = reader.message();
  reader.checkEnd();
  return message;
}

/** White space and comments; then a bracket, a text in quotes, or a word. */
const token = /(?:\s|#[^\n]*)*(?:([{}[\]<>:,;])|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([\w.+-]+))/y;
const rest = /(?:\s|#[^\n]*)*/y;
const closing: Readonly<Record<string, string>> = { "{": "}", "<": ">" };

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  message(end?: string): TextMessage {
    const fields: TextMessage = {};
    for (;;) {
      if (end === undefined ? this.isAtEnd : this.takes(end)) return fields;
      const name = this.word("the name of a field");
      fields[name] ??= [];
      fields[name].push(...this.values());
      if (!this.takes(",")) this.takes(";");
    }
  }

  private values(): TextValue[] {
    const hasColon = this.takes(":");
    if (!this.takes("[")) return [this.value(hasColon)];
    const values: TextValue[] = [];
    while (!this.takes("]")) {
      values.push(this.value(true));
      this.takes(",");
    }
    return values;
  }

  private value(mayBeScalar: boolean): TextValue {
    for (const open of ["{", "<"]) if (this.takes(open)) return this.message(closing[open]);
    if (!mayBeScalar) throw this.fault("expected a colon or {");
    let quoted = this.quoted();
    if (quoted === undefined) return scalarOf(this.word("a value"));
    // Texts one after another are one.
    for (let more = this.quoted(); more !== undefined; more = this.quoted()) quoted += more;
    return quoted;
  }

  checkEnd(): void {
    if (!this.isAtEnd) throw this.fault("expected the name of a field");
  }

  private get isAtEnd(): boolean {
    rest.lastIndex = this.at;
    rest.test(this.text);
    return rest.lastIndex === this.text.length;
  }

  private takes(bracket: string): boolean {
    const found = this.peek();
    if (found?.[1] !== bracket) return false;
    this.at = token.lastIndex;
    return true;
  }

  private quoted(): string | undefined {
    const found = this.peek();
    const text = found?.[2] ?? found?.[3];
    if (text === undefined) return undefined;
    this.at = token.lastIndex;
    return text.replace(/\\(.)/g, (_all, letter: string) => escapes[letter] ?? letter);
  }

  private word(expected: string): string {
    const found = this.peek();
    if (found?.[4] === undefined) throw this.fault(`expected ${expected}`);
    this.at = token.lastIndex;
    return found[4];
  }

  private peek(): RegExpExecArray | null {
    token.lastIndex = this.at;
    return token.exec(this.text);
  }

  private fault(expected: string): SyntaxError {
    const line = this.text.slice(0, this.at).split("\n").length;
    const got = this.text.slice(this.at).trimStart().split("\n")[0]!.slice(0, 40);
    return new SyntaxError(`line ${line}: ${expected}, got ${got === "" ? "the end" : JSON.stringify(got)}`);
  }
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function scalarOf(word: string): string | number | boolean {
  if (word === "true" || word === "false") return word === "true";
  const number = Number(word);
  return Number.isNaN(number) ? word : number;
}
