// Reads forms with files: the files go to the disk while they arrive, and nothing is left of a form that is refused.

import type { FastifyRequest } from "fastify";
import { DrumError, messageOf } from "../../errors.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Storage, Taken, Upload } from "../../hub/storage/storage.js";
import { discard } from "../bodies/discard.js";

export interface FormFile {
  /** Of its field. */
  field: string;
  /** Of the file, as it was sent. */
  name: string;
  taken: Taken;
}

export interface Form {
  fields: ReadonlyMap<string, readonly string[]>;
  files: readonly FormFile[];
  upload: Upload;
}

/** The files of a form. */
export interface FileRule {
  most: number;
  /** The name of their field. */
  field: RegExp;
  /** In words. */
  expected: string;
}

/** For routes that read forms: their bodies are not held in memory. */
export const streamed = { config: { streamsBody: true } };

/** Bytes of all fields of a form, which are held in memory. */
const mostFieldBytes = 16 * 2 ** 20;
const mostFields = 25_000;

/** Runs `use` with the form. Throws FIELD_INVALID, UPLOAD_REFUSED and DISK_FULL; nothing is kept then. */
export async function withForm<Result>(
  request: FastifyRequest,
  { storage, rule }: { storage: Storage; rule: FileRule },
  use: (form: Form) => Promise<Result>,
): Promise<Result> {
  if (!request.isMultipart())
    throw invalid("the body", "multipart/form-data", request.headers["content-type"]);
  try {
    return await storage.receive(async (upload) => {
      upload.announce(Number(request.headers["content-length"] ?? 0));
      return use({ ...(await readParts(request, upload, rule)), upload });
    });
  } catch (error) {
    discard(request);
    throw error;
  }
}

async function readParts(request: FastifyRequest, upload: Upload, { most, field, expected }: FileRule) {
  const fields = new Map<string, string[]>();
  const files: FormFile[] = [];
  let left = mostFieldBytes;
  const limits = {
    fileSize: Number.POSITIVE_INFINITY,
    fieldSize: mostFieldBytes,
    fields: mostFields,
    files: most,
    parts: mostFields + most,
  };
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === "file") {
        if (!field.test(part.fieldname)) throw invalid("the files of the form", expected, part.fieldname);
        files.push({ field: part.fieldname, name: part.filename ?? "", taken: await upload.take(part.file) });
        continue;
      }
      const value = typeof part.value === "string" ? part.value : JSON.stringify(part.value);
      left -= Buffer.byteLength(value);
      if (left < 0 || part.valueTruncated)
        throw invalid("the fields of the form", `at most ${mostFieldBytes} bytes together`, "more");
      const values = fields.get(part.fieldname);
      if (values) values.push(value);
      else fields.set(part.fieldname, [value]);
    }
  } catch (error) {
    throw asRefusal(error, most);
  }
  return { fields, files };
}

/** What the form's parser says of a form, in the words of the hub. */
function asRefusal(error: unknown, mostFiles: number): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof DrumError || syscall !== undefined) return error;
  if (code === "FST_FILES_LIMIT" || code === "FST_PARTS_LIMIT" || code === "FST_FIELDS_LIMIT")
    return new DrumError(
      "UPLOAD_REFUSED",
      `the form has too many parts: at most ${mostFiles} files are taken at a time; leave out what is not needed`,
    );
  return new DrumError(
    "INPUT_UNREADABLE",
    `the form cannot be read: ${messageOf(error)}; send it again, whole and well-formed`,
  );
}

/** The only value of a field; undefined without one. Throws FIELD_INVALID if there are several. */
export function fieldIn({ fields }: Pick<Form, "fields">, name: string): string | undefined {
  const [value, second] = fields.get(name) ?? [];
  if (second !== undefined) throw invalid(name, "sent once", "more than one");
  return value;
}

/** Throws FIELD_INVALID. */
export function flagIn(form: Pick<Form, "fields">, name: string): boolean | undefined {
  const value = fieldIn(form, name);
  if (value === undefined) return undefined;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw invalid(name, "True or False", value);
}

/** A field that holds JSON. Throws FIELD_INVALID. */
export function jsonIn(form: Pick<Form, "fields">, name: string): unknown {
  const value = fieldIn(form, name);
  if (value === undefined || value === "") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw invalid(name, "JSON", value);
  }
}

/** A whole number above 0. Throws FIELD_INVALID. */
export function countIn(form: Pick<Form, "fields">, name: string): number | undefined {
  const value = fieldIn(form, name);
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value) && Number(value) > 0) return Number(value);
  throw invalid(name, "a whole number above 0", value);
}
