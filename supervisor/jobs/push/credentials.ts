// Chooses the service that a model is pushed to: from options, then DataRobot's variables, then the file that its clients share.

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Service, serviceAt } from "../../datarobot/service.js";
import { messageOf, usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";

const remedy = "give --webserver and --api-token, or set DATAROBOT_ENDPOINT and DATAROBOT_API_TOKEN";

/** From options and variables. */
export interface ServiceWishes {
  webserver: string | undefined;
  apiToken: string | undefined;
}

/** Takes address and token from the same source, so that a token never goes to another service. Throws USAGE. */
export function chooseService({ webserver, apiToken }: ServiceWishes, serviceFile: string): Service {
  if (webserver === undefined && apiToken === undefined) return serviceInFile(serviceFile);
  if (webserver === undefined)
    throw usage(`there is a token, but no address of a service to push to; ${remedy}`);
  if (apiToken === undefined)
    throw usage(`there is no token for ${webserver}; set DATAROBOT_API_TOKEN, or give --api-token`);
  return serviceAt(webserver, apiToken, "--webserver (or DATAROBOT_ENDPOINT)");
}

function serviceInFile(file: string): Service {
  const text = readText(file);
  if (text === undefined) throw usage(`there is no service to push to, and no file ${file}; ${remedy}`);
  const content = parsed(file, text);
  const [endpoint, token] = [content.endpoint, content.token];
  if (typeof endpoint !== "string" || typeof token !== "string" || token === "") {
    throw usage(`${file} must have endpoint and token, both strings; correct it, or ${remedy}`);
  }
  return serviceAt(endpoint, token, `endpoint in ${file}`);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw usage(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Does not quote the parser's message, because it may contain the token. */
function parsed(file: string, text: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    throw usage(`${file} is not valid YAML; expected the lines endpoint: URL and token: TOKEN`);
  }
  return isMap(content) ? content : {};
}
