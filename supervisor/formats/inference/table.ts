// The inputs of a request as the table that a model takes, by MLServer's content types.

import type { Column, Signature, Table } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { Elements, type Reading } from "./columns.js";
import { type InferRequest, invalid, type Tensor } from "./message.js";

const contentTypes = ["np", "pd", "str", "base64", "datetime"] as const;
type ContentType = (typeof contentTypes)[number];

/** What a model says of its inputs. */
export interface KnownInputs {
  /** Undefined if it knows nothing of its columns. */
  signature: Signature | undefined;
  /** The content types that the model's settings give: of the request, and of inputs by name. */
  contentType?: string | undefined;
  contentTypes?: Readonly<Record<string, string>>;
}

/**
 * One column an input (`pd`), or the columns of one matrix (`np`); without a content type one input is a matrix, and several are columns.
 * Throws TENSOR_INVALID for an unknown content type, and for shapes that are no such table.
 */
export function tableOf(request: InferRequest, known: KnownInputs): Table {
  const { inputs, parameters } = request;
  const empty = inputs.find(({ shape: [rows] }) => rows === 0);
  if (empty)
    throw invalid(`${empty.name} has the shape [${empty.shape.join(", ")}], no rows; send at least one`);
  const whole = contentTypeIn(parameters, "the request") ?? checked(known.contentType, "the settings");
  const [first, ...others] = inputs;
  const isMatrix = whole === "np" || (whole === undefined && others.length === 0);
  if (!isMatrix) return columnsOf(inputs, whole === "pd" ? undefined : whole, known);
  if (others.length > 0)
    throw invalid(
      `the content type np takes one input, got ${inputs.length}: ${inputs.map(({ name }) => name).join(", ")}; send pd for one column an input`,
    );
  return matrixOf(first!, readingOf(first!, undefined, known), known);
}

function contentTypeIn({ content_type: given }: Tensor["parameters"], what: string): ContentType | undefined {
  return given === undefined || given === null ? undefined : checked(String(given), what);
}

function checked(text: string | undefined, what: string): ContentType | undefined {
  if (text === undefined || contentTypes.includes(text as ContentType))
    return text as ContentType | undefined;
  throw invalid(
    `the content type ${JSON.stringify(text)} of ${what} is unknown; use one of ${contentTypes.join(", ")}`,
  );
}

function readingOf(
  input: Tensor,
  whole: ContentType | undefined,
  { contentTypes: own = {} }: KnownInputs,
): Reading {
  const type =
    contentTypeIn(input.parameters, input.name) ??
    checked(own[input.name], `${input.name} in the settings`) ??
    whole;
  if (type !== "base64" && type !== "datetime") return "text";
  if (input.datatype === "BYTES") return type;
  throw invalid(
    `${input.name} has the content type ${type}, which is for BYTES, and the datatype ${input.datatype}`,
  );
}

function columnsOf(inputs: readonly Tensor[], whole: ContentType | undefined, known: KnownInputs): Table {
  const [{ shape: [rows = 1] = [] } = { shape: [] }] = inputs as readonly [Tensor];
  const columns = inputs.map((input): Column => {
    const { name, shape } = input;
    const [length = 1, ...rest] = shape;
    if (rest.some((size) => size !== 1))
      throw invalid(
        `${name} has the shape [${shape.join(", ")}], and a column has one value a row: [${length}] or [${length}, 1]`,
      );
    if (length !== rows)
      throw invalid(
        `${name} has ${counted(length, "row")}, and ${inputs[0]!.name} has ${rows}; send as many of each`,
      );
    return new Elements(input, readingOf(input, whole, known)).column({
      name,
      start: 0,
      step: 1,
      count: length,
    });
  });
  return { rows, columns };
}

function matrixOf(input: Tensor, reading: Reading, { signature }: KnownInputs): Table {
  const { name, shape } = input;
  const [rows = 1, width = 1, ...rest] = shape;
  if (rest.some((size) => size !== 1))
    throw invalid(
      `${name} has the shape [${shape.join(", ")}], and a table has rows and columns: [rows, columns]`,
    );
  const names = namesFor(width, name, signature);
  return { rows, columns: new Elements(input, reading).columns(names, rows) };
}

/** The model's own names if it knows as many; a single column may have the input's name. */
function namesFor(width: number, input: string, signature: Signature | undefined): string[] {
  const known = signature?.columns.map(({ name }) => name) ?? [];
  if (width === 1 && (known.includes(input) || known.length === 0)) return [input];
  return known.length === width ? known : Array.from({ length: width }, (_, at) => String(at));
}
