// How wide a text is on a terminal, and texts cut or wrapped to a width.

import { stripVTControlCharacters } from "node:util";

const wide =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60]/u;
const thin = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** In columns: two for wide characters, none for accents that join the letter before. */
export function widthOf(text: string): number {
  // Most texts are plain.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  return thin.test(character) ? 0 : wide.test(character) ? 2 : 1;
}

export function cutTo(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${beginning(text, width - 1)}…`;
}

/** As much of the text as fits. */
function beginning(text: string, width: number): string {
  let [taken, used] = ["", 0];
  for (const character of text) {
    used += columnsOf(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

/** Lines of at most `width` columns, broken at blanks; a longer word is broken where it does not fit. */
export function wrapTo(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    for (let part = beginning(word, width); part !== word && part !== ""; part = beginning(word, width)) {
      lines.push(part);
      word = word.slice(part.length);
    }
    line = word;
  }
  return [...lines, line];
}
