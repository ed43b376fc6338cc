// Finds the message in a request: the parts of a form, the field or query parameter `json`, or a JSON body. Always as text, since numbers
// would not survive a reader of JSON.

import type { FastifyRequest } from "fastify";
import { DrumError, messageOf } from "../../errors.js";
import { readContentType } from "../../formats/input/content-type.js";
import { replaceBareNumbers } from "../../formats/json.js";

/** Undefined if there is none. Throws INPUT_UNREADABLE for a form that is not valid. */
export async function messageIn(request: FastifyRequest): Promise<string | undefined> {
  if (request.isMultipart()) return messageInForm(request);
  const named = namedText(request);
  if (named) return checkedJson(named.text, named.what);
  const { mimetype, charset } = readContentType(request.headers["content-type"]);
  const body = request.body as Buffer | undefined;
  if (!body || !mimetype || !/^application\/(.*\+)?json$/.test(mimetype)) return undefined;
  return new TextDecoder(charset ?? "utf-8").decode(body);
}

/** The message as it came: text if it has the name `json`, else the body. */
export function bodyIn(request: FastifyRequest): string | Buffer {
  return namedText(request)?.text ?? (request.body as Buffer | undefined) ?? Buffer.alloc(0);
}

/** The form field `json`, or else the query parameter. */
function namedText(request: FastifyRequest): { text: string; what: string } | undefined {
  const { mimetype } = readContentType(request.headers["content-type"]);
  const body = request.body as Buffer | undefined;
  if (mimetype === "application/x-www-form-urlencoded" && body) {
    const field = new URLSearchParams(body.toString("utf8")).get("json");
    if (field !== null) return { text: field, what: "the field json" };
  }
  const { json } = request.query as { json?: string | string[] };
  return json === undefined ? undefined : { text: [json].flat()[0]!, what: "the query parameter json" };
}

/** Each part is a member: JSON, but `strData` and files are text, and a file `binData` is bytes. */
async function messageInForm(request: FastifyRequest): Promise<string> {
  const members: string[] = [];
  for await (const part of request.parts()) {
    const name = JSON.stringify(part.fieldname);
    if (part.type === "file") {
      const content = await part.toBuffer();
      const encoding = part.fieldname === "binData" ? "base64" : "utf8";
      members.push(`${name}:${JSON.stringify(content.toString(encoding))}`);
    } else {
      const text = String(part.value);
      const isText = part.fieldname === "strData";
      members.push(
        `${name}:${isText ? JSON.stringify(text) : checkedJson(text, `the part ${part.fieldname}`)}`,
      );
    }
  }
  return `{${members.join(",")}}`;
}

function checkedJson(text: string, what: string): string {
  try {
    JSON.parse(replaceBareNumbers(text, () => "0"));
    return text;
  } catch (error) {
    throw new DrumError("INPUT_UNREADABLE", `${what} is not JSON: ${messageOf(error)}`, { httpStatus: 500 });
  }
}
