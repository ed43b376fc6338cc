// The roles of users in a deployment.

import type { FastifyInstance } from "fastify";
import { isMap } from "../../formats/json.js";
import { type Role, roles } from "../../hub/deployments/roles.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Grant } from "../../hub/deployments/sharing.js";
import type { Hub } from "../../hub/hub.js";
import type { User } from "../../hub/registry/users.js";
import { pageAnswer } from "./answers.js";
import { deploymentOf, userOf } from "./dialect.js";
import { fieldsOf, oneIn, optionalOne, optionalText, pageOf, queryOf } from "./fields.js";

/** Of whom roles are kept; others are known by name, so that they are refused in words. */
const recipient = "user";
const recipients = [recipient, "group", "organization"] as const;
/** Takes a role away. */
const noRole = "NO_ROLE";
const mostGrants = 100;

export function sharingRoutes(app: FastifyInstance, hub: Hub): void {
  const path = "/deployments/:id/sharedRoles/";

  app.get(path, async (request) => {
    const { id } = await deploymentOf(hub, request, "CAN_VIEW", "see who shares it");
    const query = queryOf(request);
    // The client asks with 0 for all of them, and follows the pages.
    const page = pageOf(query.limit === "0" ? { ...query, limit: String(mostGrants) } : query);
    const kind = optionalOne(query, "shareRecipientType", recipients) ?? recipient;
    if (kind !== recipient) return pageAnswer(request, page, 0, []);
    const wanted = { id: optionalText(query, "id"), name: optionalText(query, "name") };
    const { rows, total } = await hub.sharing.members(id, wanted, page);
    // These four alone: the client takes no others.
    const views = rows.map(({ userId, name, role }) => ({
      id: userId,
      name,
      role,
      shareRecipientType: recipient,
    }));
    return pageAnswer(request, page, total, views);
  });

  app.patch(path, async (request, reply) => {
    const user = userOf(request);
    const fields = fieldsOf(request);
    oneIn(fields, "operation", ["updateRoles"]);
    const grants = grantsIn(fields.roles);
    const { id } = leaves(user, grants)
      ? await deploymentOf(hub, request, "CAN_MAKE_PREDICTIONS", "leave it")
      : await deploymentOf(hub, request, "CAN_SHARE", "share it");
    await hub.sharing.grant(user, id, grants);
    return reply.code(204).send();
  });
}

/** Everyone may give their own role back. */
function leaves(user: User, grants: readonly Grant[]): boolean {
  return grants.every(({ by, of, role }) => role === undefined && user[by] === of);
}

/** Throws FIELD_INVALID. */
function grantsIn(given: unknown): Grant[] {
  if (Array.isArray(given) && given.length >= 1 && given.length <= mostGrants)
    return given.map((one, at) => grantIn(one, `roles[${at}]`));
  throw invalid("roles", `a list of 1 to ${mostGrants} roles`, given);
}

function grantIn(given: unknown, place: string): Grant {
  if (!isMap(given)) throw invalid(place, "an object with role, and id or username", given);
  const { role, id, username, name = username, shareRecipientType = recipient, canShare } = given;
  if (shareRecipientType !== recipient)
    throw invalid(`${place}.shareRecipientType`, `${recipient}: this hub has no others`, shareRecipientType);
  const known = [...roles, noRole].find((one) => one === role);
  if (known === undefined) throw invalid(`${place}.role`, `one of ${[...roles, noRole].join(", ")}`, role);
  if (canShare === true && known !== "OWNER" && known !== noRole)
    throw invalid(`${place}.canShare`, `false for a ${known}: only an OWNER may share`, canShare);
  const wanted = known === noRole ? undefined : (known as Role);
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  if (isText(id)) return { by: "id", of: id, role: wanted };
  if (isText(name)) return { by: "name", of: name, role: wanted };
  throw invalid(place, "an object with the id or the username of a user", given);
}
