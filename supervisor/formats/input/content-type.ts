// Parses the Content-Type header and the option of the same name.

/** Splits `text/csv; charset=utf-8` into its parts. The media type is case-sensitive, as in DRUM. */
export function readContentType(header: string | undefined): {
  mimetype: string | null;
  charset: string | null;
} {
  if (!header) return { mimetype: null, charset: null };
  const at = header.indexOf(";");
  if (at === -1) return { mimetype: header.trim() || null, charset: null };
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(header)?.[1] ?? null;
  return { mimetype: header.slice(0, at).trim() || null, charset };
}
