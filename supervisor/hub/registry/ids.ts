// The ids of what a hub keeps: 24 hexadecimal digits, as DataRobot's.

import { randomBytes } from "node:crypto";

const pattern = /^[0-9a-f]{24}$/;

/** Begins with the time in seconds, so that ids sort by the time of their making. */
export function newId(): string {
  const seconds = Math.floor(Date.now() / 1000);
  return seconds.toString(16).padStart(8, "0") + randomBytes(8).toString("hex");
}

export function isId(text: string): boolean {
  return pattern.test(text);
}
