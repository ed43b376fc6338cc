// The header Content-Type, and the option of the same name.

/** `text/csv; charset=utf-8` in its parts. Case matters in the media type, as in DRUM. */
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
