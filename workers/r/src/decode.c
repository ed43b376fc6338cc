/* Bytes -> one msgpack value: the subset of protocol/SPEC.md section 3, strict.
 *
 * nil is NULL, a bool a logical, a number a double, a str a character (a raw of class "text" where it holds NUL, which R's strings
 * cannot), a bin a raw, an array a list, a map a list with names. */

#include "values.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MOST_DEPTH 64
#define MOST_INT 9007199254740992.0

typedef struct {
  const uint8_t *at, *end;
  SEXP fault; /* NULL as long as all is well; protected by whoever reads the outermost value */
} reader;

static SEXP read_value(reader *r, int depth);

SEXP drum_fault(const char *code, const char *form, ...) {
  char words[512];
  va_list more;
  va_start(more, form);
  vsnprintf(words, sizeof words, form, more);
  va_end(more);
  SEXP fault = PROTECT(Rf_allocVector(VECSXP, 2));
  SET_VECTOR_ELT(fault, 0, Rf_mkString(code));
  SET_VECTOR_ELT(fault, 1, Rf_mkString(words));
  Rf_setAttrib(fault, R_ClassSymbol, Rf_mkString("fault"));
  UNPROTECT(1);
  return fault;
}

static SEXP fail(reader *r, SEXP fault) {
  if (!r->fault) R_PreserveObject(r->fault = fault);
  return R_NilValue;
}

static int has(reader *r, uint64_t size) {
  uint64_t left = (uint64_t)(r->end - r->at);
  if (size <= left) return 1;
  fail(r, drum_fault("VALUE_TRUNCATED", "the frame ends %llu bytes before the value does", (unsigned long long)(size - left)));
  return 0;
}

static uint64_t read_uint(reader *r, int width) {
  if (!has(r, width)) return 0;
  uint64_t number = 0;
  for (int i = 0; i < width; i++) number = number << 8 | *r->at++;
  return number;
}

int drum_is_utf8(const uint8_t *s, size_t size) {
  const uint8_t *end = s + size;
  while (s < end) {
    uint8_t c = *s++;
    if (c < 0x80) continue;
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    if (c < 0xC2 || c > 0xF4 || end - s < more) return 0;
    if ((c == 0xE0 && *s < 0xA0) || (c == 0xED && *s > 0x9F) || (c == 0xF0 && *s < 0x90) || (c == 0xF4 && *s > 0x8F)) return 0;
    for (; more > 0; more--, s++)
      if ((*s & 0xC0) != 0x80) return 0;
  }
  return 1;
}

static SEXP raw_of(const uint8_t *data, size_t size) {
  SEXP raw = Rf_allocVector(RAWSXP, size);
  if (size) memcpy(RAW(raw), data, size);
  return raw;
}

/* A str as a CHARSXP; NULL where it holds NUL or cannot be read. */
static SEXP read_chars(reader *r, uint64_t size) {
  if (!has(r, size)) return NULL;
  const char *text = (const char *)r->at;
  if (!drum_is_utf8(r->at, size)) {
    fail(r, drum_fault("VALUE_UTF8", "a str of %llu bytes is not UTF-8", (unsigned long long)size));
    return NULL;
  }
  if (size > INT_MAX || memchr(text, 0, size)) return NULL;
  r->at += size;
  return Rf_mkCharLenCE(text, size, CE_UTF8);
}

static SEXP read_str(reader *r, uint64_t size) {
  SEXP chars = read_chars(r, size);
  if (r->fault) return R_NilValue;
  if (chars) {
    PROTECT(chars);
    SEXP text = Rf_ScalarString(chars);
    UNPROTECT(1);
    return text;
  }
  SEXP raw = PROTECT(raw_of(r->at, size));
  Rf_setAttrib(raw, R_ClassSymbol, Rf_mkString("text"));
  UNPROTECT(1);
  r->at += size;
  return raw;
}

static SEXP read_bin(reader *r, uint64_t size) {
  if (!has(r, size)) return R_NilValue;
  SEXP raw = raw_of(r->at, size);
  r->at += size;
  return raw;
}

/* An element takes a byte at least: a count beyond the frame is refused before anything is set aside. */
static int check_room(reader *r, uint64_t least, int depth) {
  if (depth >= MOST_DEPTH) fail(r, drum_fault("VALUE_DEPTH", "arrays and maps nest more than %d deep", MOST_DEPTH));
  else has(r, least);
  return !r->fault;
}

static SEXP read_array(reader *r, uint64_t count, int depth) {
  if (!check_room(r, count, depth)) return R_NilValue;
  SEXP items = PROTECT(Rf_allocVector(VECSXP, count));
  for (uint64_t i = 0; i < count && !r->fault; i++) SET_VECTOR_ELT(items, i, read_value(r, depth + 1));
  UNPROTECT(1);
  return items;
}

/* A key with NUL in it, which no name of R's can have, becomes NA; no field of the protocol is named so. */
static SEXP read_key(reader *r, int depth) {
  uint8_t tag = has(r, 1) ? *r->at : 0xA0;
  if (!((tag >= 0xA0 && tag < 0xC0) || (tag >= 0xD9 && tag <= 0xDB))) {
    fail(r, drum_fault("VALUE_TYPE", "a map key begins with the tag %02x; keys are str", tag));
    return NA_STRING;
  }
  SEXP key = read_value(r, depth);
  return TYPEOF(key) == STRSXP ? STRING_ELT(key, 0) : NA_STRING;
}

static SEXP read_map(reader *r, uint64_t count, int depth) {
  if (!check_room(r, count * 2, depth)) return R_NilValue;
  SEXP items = PROTECT(Rf_allocVector(VECSXP, count));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
  for (uint64_t i = 0; i < count && !r->fault; i++) {
    SET_STRING_ELT(names, i, read_key(r, depth + 1));
    if (!r->fault) SET_VECTOR_ELT(items, i, read_value(r, depth + 1));
  }
  Rf_setAttrib(items, R_NamesSymbol, names);
  UNPROTECT(2);
  return items;
}

static SEXP read_float(reader *r) {
  uint64_t bits = read_uint(r, 8);
  double number;
  memcpy(&number, &bits, 8);
  return Rf_ScalarReal(number);
}

static SEXP read_int(reader *r, int tag) {
  int width = 1 << (tag & 3);
  uint64_t bits = read_uint(r, width);
  double number = (double)bits;
  int is_within = bits <= (uint64_t)MOST_INT;
  if (tag >= 0xD0) {
    int shift = 64 - 8 * width;
    int64_t whole = (int64_t)(bits << shift) >> shift;
    number = (double)whole;
    is_within = whole <= (int64_t)MOST_INT && whole >= -(int64_t)MOST_INT;
  }
  if (!is_within) return fail(r, drum_fault("VALUE_RANGE", "an int is beyond 2^53; send a float64, a str or an int64 column"));
  return Rf_ScalarReal(number);
}

static SEXP read_value(reader *r, int depth) {
  if (!has(r, 1)) return R_NilValue;
  uint8_t tag = *r->at++;
  if (tag < 0x80) return Rf_ScalarReal(tag);
  if (tag >= 0xE0) return Rf_ScalarReal((int8_t)tag);
  if (tag < 0x90) return read_map(r, tag & 0x0F, depth);
  if (tag < 0xA0) return read_array(r, tag & 0x0F, depth);
  if (tag < 0xC0) return read_str(r, tag & 0x1F);
  switch (tag) {
  case 0xC0: return R_NilValue;
  case 0xC2: return Rf_ScalarLogical(0);
  case 0xC3: return Rf_ScalarLogical(1);
  case 0xC4: case 0xC5: case 0xC6: return read_bin(r, read_uint(r, 1 << (tag - 0xC4)));
  case 0xCB: return read_float(r);
  case 0xCC: case 0xCD: case 0xCE: case 0xCF: case 0xD0: case 0xD1: case 0xD2: case 0xD3: return read_int(r, tag);
  case 0xD9: case 0xDA: case 0xDB: return read_str(r, read_uint(r, 1 << (tag - 0xD9)));
  case 0xDC: case 0xDD: return read_array(r, read_uint(r, 2 << (tag - 0xDC)), depth);
  case 0xDE: case 0xDF: return read_map(r, read_uint(r, 2 << (tag - 0xDE)), depth);
  default: return fail(r, drum_fault("VALUE_TYPE", "the tag %02x is outside the subset; see SPEC.md section 3", tag));
  }
}

SEXP drum_decode_bytes(const uint8_t *data, size_t size) {
  reader r = {data, data + size, NULL};
  SEXP value = PROTECT(read_value(&r, 0));
  if (!r.fault && r.at < r.end)
    fail(&r, drum_fault("VALUE_TRAILING", "%zu bytes follow the value; a frame holds exactly one", (size_t)(r.end - r.at)));
  UNPROTECT(1);
  if (!r.fault) return value;
  R_ReleaseObject(r.fault);
  return r.fault;
}

SEXP drum_decode(SEXP body) { return drum_decode_bytes(RAW(body), XLENGTH(body)); }
