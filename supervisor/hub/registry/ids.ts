// The ids of what a hub keeps: 24 hexadecimal digits, as DataRobot's.

import { randomBytes } from "node:crypto";

const pattern = /^[0-9a-f]{24}$/;

let made = 0;

/** The second, the number of the id in this process, and chance: ids of one process sort by the order of their making. */
export function newId(): string {
  made = (made + 1) % 2 ** 24;
  const parts = [
    Math.floor(Date.now() / 1000)
      .toString(16)
      .padStart(8, "0"),
    made.toString(16).padStart(6, "0"),
  ];
  return parts.join("") + randomBytes(5).toString("hex");
}

export function isId(text: string): boolean {
  return pattern.test(text);
}
