// The prompt and the response of a chat, as the texts that are reported.

import { isMap } from "../../../protocol/codec.js";
import type { JsonMap, Value } from "../../../protocol/messages.js";

/** The number of characters of a response after which no further text is collected. */
const mostText = 2 ** 20;

/** The text of the last message, with one line per part; a part without text is named by its type. Null without messages. */
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

/** Collects the text of a completion or its chunks. */
export class ChatText {
  text = "";

  add(answer: Value): void {
    if (this.text.length < mostText) this.text += textOf(answer);
  }
}

/** The text of the first choice of a completion, or of one of its chunks; empty if it has none. */
export function textOf(answer: Value): string {
  const choice = isMap(answer) && Array.isArray(answer.choices) ? answer.choices[0] : undefined;
  const said = isMap(choice) ? (choice.message ?? choice.delta) : undefined;
  const content = isMap(said) ? said.content : undefined;
  return typeof content === "string" ? content : "";
}
