/* The rows of a CSV without doubled quotes, as columns: what csv.R makes of it, several times faster.
 *
 * A column of plain numbers becomes integer or double here, by R's own R_strtod, which type.convert uses too. Any other column is
 * given back as text, for type.convert to judge. A body that is not a plain rectangle is left to csv.R: NULL. */

#include "values.h"
#include <stdlib.h>
#include <string.h>
#include <R_ext/Utils.h>

#define MOST_DIGITS 63

/* WRITTEN: a column that stays text, cell by cell as written. */
enum { NOTHING, WHOLE, REAL_NUMBER, TEXT, WRITTEN };

static const char *digits(const char *at) {
  while (*at >= '0' && *at <= '9') at++;
  return at;
}

/* What a cell that ends before `end` is. The byte at `end` is a comma, quote or line end, so no look goes beyond it. */
static int kind_of(const char *at, const char *end) {
  if (at == end || (end - at == 2 && at[0] == 'N' && at[1] == 'A')) return NOTHING;
  if (end - at > MOST_DIGITS) return TEXT;
  if (*at == '-') at++;
  const char *whole = digits(at);
  if (whole == at) return TEXT;
  /* Nine digits fit an int; longer ones are judged by value. */
  if (whole == end) return whole - at <= 9 || strtoll(at, NULL, 10) <= INT_MAX ? WHOLE : REAL_NUMBER;
  at = whole;
  if (*at == '.') {
    const char *fraction = digits(at + 1);
    if (fraction == at + 1) return TEXT;
    at = fraction;
  }
  if (*at == 'e' || *at == 'E') {
    at++;
    if (*at == '-' || *at == '+') at++;
    const char *power = digits(at);
    if (power == at) return TEXT;
    at = power;
  }
  return at == end ? REAL_NUMBER : TEXT;
}

/* The text of a cell, and the comma or line end behind it; `end` is NULL where csv.R has to judge. */
typedef struct {
  const char *from, *stop, *end;
  int is_quoted;
} cell;

static int ends_cell(char byte) { return byte == ',' || byte == '\n' || byte == '\r'; }

/* The cell at `at`, in a body that ends before `limit` with a newline. */
static cell cell_at(const char *at, const char *limit) {
  cell one = {at, at, NULL, *at == '"'};
  if (one.is_quoted) {
    one.from++;
    one.stop = memchr(one.from, '"', limit - one.from);
    if (one.stop && ends_cell(one.stop[1]) && !memchr(one.from, '\0', one.stop - one.from)) one.end = one.stop + 1;
    return one;
  }
  while (!ends_cell(*at)) {
    if (*at == '"' || *at == '\0') return one;
    at++;
  }
  one.stop = one.end = at;
  return one;
}

/* Behind a comma or line end. The last byte of a body is a newline, so a carriage return has one byte behind it at least. */
static const char *behind(const char *end) { return end + (end[0] == '\r' && end[1] == '\n' ? 2 : 1); }

static int is_blank(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t')) at++;
  return at == end;
}

/* Columns of the header at `at`, and in `end` where it ends; 0 where csv.R has to judge. */
static int columns_in(const char *at, const char *limit, const char **end) {
  int is_named = 0;
  for (int columns = 1;; columns++) {
    cell one = cell_at(at, limit);
    if (!one.end) return 0;
    if (!is_blank(one.from, one.stop)) is_named = 1;
    if (*one.end != ',') {
      *end = one.end;
      return is_named ? columns : 0;
    }
    at = one.end + 1;
  }
}

static int is_among(SEXP texts, const char *name, size_t size) {
  for (R_xlen_t i = 0; i < XLENGTH(texts); i++) {
    SEXP text = STRING_ELT(texts, i);
    if ((size_t)LENGTH(text) == size && !memcmp(CHAR(text), name, size)) return 1;
  }
  return 0;
}

/* Columns of the header at `at` whose names are in `texts` are WRITTEN. */
static void mark_written(const char *at, const char *limit, SEXP texts, int width, unsigned char *kinds) {
  for (int column = 0; column < width; column++) {
    cell one = cell_at(at, limit);
    at = one.end + 1;
    while (!one.is_quoted && one.from < one.stop && is_blank(one.from, one.from + 1)) one.from++;
    while (!one.is_quoted && one.stop > one.from && is_blank(one.stop - 1, one.stop)) one.stop--;
    kinds[column] = is_among(texts, one.from, one.stop - one.from) ? WRITTEN : NOTHING;
  }
}

/* Rows of `width` cells each, and the kind of every column. 0 where it is no plain rectangle. */
static R_xlen_t survey(const char *at, const char *limit, int width, unsigned char *kinds) {
  R_xlen_t rows = 0;
  for (; at < limit; rows++)
    for (int column = 0; column < width; column++) {
      cell one = cell_at(at, limit);
      if (!one.end || (*one.end != ',') != (column == width - 1)) return 0;
      if (width == 1 && !one.is_quoted && is_blank(one.from, one.stop)) return 0;
      int kind = kinds[column] >= TEXT ? kinds[column] : kind_of(one.from, one.stop);
      if (kind > kinds[column]) kinds[column] = (unsigned char)kind;
      at = behind(one.end);
    }
  return rows;
}

/* R_strtod takes the length of everything behind `at`, so it gets a cell alone. */
static double number_in(const char *at, const char *end) {
  char cell[MOST_DIGITS + 1], *stop;
  memcpy(cell, at, end - at);
  cell[end - at] = '\0';
  return R_strtod(cell, &stop);
}

static void fill(SEXP column, int kind, R_xlen_t row, const char *at, const char *end) {
  int is_missing = kind != WRITTEN && (at == end || (end - at == 2 && at[0] == 'N' && at[1] == 'A'));
  if (TYPEOF(column) == LGLSXP) LOGICAL(column)[row] = NA_LOGICAL;
  else if (TYPEOF(column) == INTSXP) INTEGER(column)[row] = is_missing ? NA_INTEGER : (int)strtol(at, NULL, 10);
  else if (TYPEOF(column) == REALSXP) REAL(column)[row] = is_missing ? NA_REAL : number_in(at, end);
  else SET_STRING_ELT(column, row, is_missing && at < end ? NA_STRING : Rf_mkCharLenCE(at, end - at, CE_UTF8));
}

/* The header line and a list of columns; NULL where csv.R has to judge. The last byte of `body` is a newline. The cells of columns
 * named in `texts` stay text. */
SEXP drum_cells(SEXP body, SEXP texts) {
  static const int types[] = {LGLSXP, INTSXP, REALSXP, STRSXP, STRSXP};
  const char *header = (const char *)RAW(body), *at = NULL;
  const char *stop = header + XLENGTH(body);
  if (stop - header > 3 && !memcmp(header, "\xEF\xBB\xBF", 3)) header += 3;
  int width = columns_in(header, stop, &at);
  if (width == 0 || !drum_is_utf8((const uint8_t *)header, stop - header)) return R_NilValue;
  SEXP line = PROTECT(Rf_ScalarString(Rf_mkCharLenCE(header, at - header, CE_UTF8)));
  at = behind(at);
  unsigned char *kinds = (unsigned char *)R_alloc(width, 1);
  mark_written(header, stop, texts, width, kinds);
  R_xlen_t rows = survey(at, stop, width, kinds);
  if (rows == 0) {
    UNPROTECT(1);
    return R_NilValue;
  }
  SEXP columns = PROTECT(Rf_allocVector(VECSXP, width));
  for (int i = 0; i < width; i++) SET_VECTOR_ELT(columns, i, Rf_allocVector(types[kinds[i]], rows));
  for (R_xlen_t row = 0; row < rows; row++)
    for (int i = 0; i < width; i++) {
      cell one = cell_at(at, stop);
      fill(VECTOR_ELT(columns, i), kinds[i], row, one.from, one.stop);
      at = behind(one.end);
    }
  SEXP cells = PROTECT(Rf_allocVector(VECSXP, 2));
  SET_VECTOR_ELT(cells, 0, line);
  SET_VECTOR_ELT(cells, 1, columns);
  UNPROTECT(3);
  return cells;
}
