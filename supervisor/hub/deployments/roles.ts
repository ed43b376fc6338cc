// What each role may do with a deployment.

import { DrumError } from "../../errors.js";

export const roles = ["OWNER", "USER", "CONSUMER"] as const;
export type Role = (typeof roles)[number];

/** Rights as DataRobot names them, for the role that is the least to have each. */
const leastRoles = {
  CAN_VIEW: "USER",
  CAN_MAKE_PREDICTIONS: "CONSUMER",
  CAN_SUBMIT_ACTUALS: "CONSUMER",
  CAN_EDIT_LABEL: "OWNER",
  CAN_CHANGE_STATUS: "OWNER",
  CAN_CHANGE_SETTINGS: "OWNER",
  CAN_REPLACE_MODEL: "OWNER",
  CAN_DELETE_DEPLOYMENT: "OWNER",
  CAN_SHARE: "OWNER",
} as const satisfies Record<string, Role>;

export type Right = keyof typeof leastRoles;

export function may(role: Role, right: Right): boolean {
  return roles.indexOf(role) <= roles.indexOf(leastRoles[right]);
}

export function rightsOf(role: Role): Right[] {
  return (Object.keys(leastRoles) as Right[]).filter((right) => may(role, right));
}

/** The roles that have a right. */
export function rolesWith(right: Right): Role[] {
  return roles.filter((role) => may(role, right));
}

/** Throws RIGHT_MISSING. */
export function checkRight(role: Role, right: Right, what: string): void {
  if (may(role, right)) return;
  throw new DrumError(
    "RIGHT_MISSING",
    `a ${role} may not ${what}; ask an owner of the deployment for the role ${leastRoles[right]}`,
  );
}
