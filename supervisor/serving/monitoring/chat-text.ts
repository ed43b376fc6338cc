// What was asked and said in a chat, as the texts that are reported.

import { isMap } from "../../../protocol/codec.js";
import type { JsonMap, Value } from "../../../protocol/messages.js";

/** Characters of an answer that are kept. */
const mostText = 2 ** 20;

/** The last message: its text, or its parts line by line; pictures and sounds by a word. Null where there is none. */
export function lastMessage({ messages }: JsonMap): string | null {
  const last = Array.isArray(messages) ? messages.at(-1) : undefined;
  const content = isMap(last) ? last.content : undefined;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  return content.map(partInWords).join("\n");
}

function partInWords(part: Value): string {
  if (!isMap(part)) return String(part);
  return typeof part.text === "string" ? part.text : `[${String(part.type ?? "part")}]`;
}

/** Gathers what a completion or its chunks say. */
export class ChatText {
  text = "";

  add(answer: Value): void {
    const choice = isMap(answer) && Array.isArray(answer.choices) ? answer.choices[0] : undefined;
    const said = isMap(choice) ? (choice.message ?? choice.delta) : undefined;
    const content = isMap(said) ? said.content : undefined;
    if (typeof content === "string" && this.text.length < mostText) this.text += content;
  }
}
