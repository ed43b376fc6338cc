/* The strings of a utf8 or json column (protocol/SPEC.md section 8) as a character vector. */

#include "values.h"
#include <stdlib.h>
#include <string.h>

/* R's strings cannot hold NUL: U+FFFD takes its place. */
static SEXP without_nul(const char *text, int size) {
  char *changed = (char *)R_alloc(3 * (size_t)size, 1);
  size_t length = 0;
  for (int i = 0; i < size; i++) {
    if (text[i]) changed[length++] = text[i];
    else {
      memcpy(changed + length, "\xEF\xBF\xBD", 3);
      length += 3;
    }
  }
  return Rf_mkCharLenCE(changed, length, CE_UTF8);
}

/* `data` and `offsets` are raws that have been checked. */
SEXP drum_texts(SEXP data, SEXP offsets) {
  const char *text = (const char *)RAW(data);
  const int32_t *at = (const int32_t *)RAW(offsets);
  R_xlen_t rows = XLENGTH(offsets) / 4 - 1;
  SEXP texts = PROTECT(Rf_allocVector(STRSXP, rows));
  for (R_xlen_t i = 0; i < rows; i++) {
    const char *from = text + at[i];
    int size = at[i + 1] - at[i];
    SEXP chars = memchr(from, 0, size) ? without_nul(from, size) : Rf_mkCharLenCE(from, size, CE_UTF8);
    SET_STRING_ELT(texts, i, chars);
  }
  UNPROTECT(1);
  return texts;
}
