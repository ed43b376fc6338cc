// Who may change what users have made: who made it, and administrators. Every user may see and use it.

import { DrumError } from "../../errors.js";
import type { User } from "./users.js";

/** Throws RIGHT_MISSING. */
export function checkOwner(user: User, { createdBy }: { createdBy: string }, what: string): void {
  if (user.isAdministrator || user.id === createdBy) return;
  throw new DrumError("RIGHT_MISSING", `only who made it, or an administrator, may ${what}`);
}
