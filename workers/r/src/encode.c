/* One R value -> msgpack bytes in the shortest form (protocol/SPEC.md section 3). The reverse of decode.c: every vector but a raw or
 * a list has one element; a number with an integral value within 2^53 is sent as an int; NA is nil. */

#include "values.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DEPTH 64
#define MOST_INT 9007199254740992.0

/* Grows, and is used again for the next value. */
static uint8_t *buffer = NULL;
static size_t room = 0, used = 0;
static SEXP fault; /* NULL as long as all is well; nothing is allocated after it was made, so it needs no protection */

static void put(const void *data, size_t size) {
  if (used + size > room) {
    size_t wanted = room < 4096 ? 4096 : room;
    while (wanted < used + size) wanted *= 2;
    uint8_t *larger = realloc(buffer, wanted);
    if (!larger) Rf_error("no memory for a message of %zu bytes", wanted);
    buffer = larger;
    room = wanted;
  }
  if (size) memcpy(buffer + used, data, size);
  used += size;
}

/* A tag and a big-endian number. */
static void put_uint(int tag, uint64_t number, int width) {
  uint8_t bytes[9] = {(uint8_t)tag};
  for (int i = 0; i < width; i++) bytes[1 + i] = (uint8_t)(number >> (8 * (width - 1 - i)));
  put(bytes, 1 + width);
}

/* The head of a str, bin, array or map; a tag of 0 says that there is no such form. */
static void put_size(uint64_t size, int fixed, uint64_t bound, int tag8, int tag16) {
  if (size < bound) put_uint(fixed | (int)size, 0, 0);
  else if (tag8 && size < 256) put_uint(tag8, size, 1);
  else if (size < 65536) put_uint(tag16, size, 2);
  else put_uint(tag16 + 1, size, 4);
}

static void put_number(double number) {
  if (number != floor(number) || fabs(number) > MOST_INT || (number == 0 && signbit(number))) {
    uint64_t bits = 0x7FF8000000000000;
    if (!isnan(number)) memcpy(&bits, &number, 8);
    put_uint(0xCB, bits, 8);
    return;
  }
  int64_t whole = (int64_t)number;
  if (whole >= -32 && whole < 128) put_uint((uint8_t)whole, 0, 0);
  else if (whole >= 0) {
    int step = whole < 256 ? 0 : whole < 65536 ? 1 : whole < 4294967296 ? 2 : 3;
    put_uint(0xCC + step, whole, 1 << step);
  } else {
    int step = whole >= -128 ? 0 : whole >= -32768 ? 1 : whole >= -2147483648LL ? 2 : 3;
    put_uint(0xD0 + step, (uint64_t)whole, 1 << step);
  }
}

static void put_text(const uint8_t *text, size_t size) {
  if (!drum_is_utf8(text, size)) {
    fault = drum_fault("VALUE_UTF8", "a str of %zu bytes cannot be UTF-8", size);
    return;
  }
  put_size(size, 0xA0, 32, 0xD9, 0xDA);
  put(text, size);
}

static void put_chars(SEXP chars) {
  if (chars == NA_STRING) {
    put_uint(0xC0, 0, 0);
    return;
  }
  const void *vmax = vmaxget();
  const char *text = Rf_translateCharUTF8(chars);
  put_text((const uint8_t *)text, strlen(text));
  vmaxset(vmax);
}

static void put_raw(SEXP raw) {
  if (Rf_inherits(raw, "text")) {
    put_text(RAW(raw), XLENGTH(raw));
    return;
  }
  put_size(XLENGTH(raw), 0, 0, 0xC4, 0xC5);
  put(RAW(raw), XLENGTH(raw));
}

static void put_value(SEXP value, int depth);

static void put_list(SEXP list, int depth) {
  if (depth >= MOST_DEPTH) {
    fault = drum_fault("VALUE_DEPTH", "arrays and maps nest more than %d deep", MOST_DEPTH);
    return;
  }
  SEXP names = Rf_getAttrib(list, R_NamesSymbol);
  if (names == R_NilValue) put_size(XLENGTH(list), 0x90, 16, 0, 0xDC);
  else put_size(XLENGTH(list), 0x80, 16, 0, 0xDE);
  for (R_xlen_t i = 0; i < XLENGTH(list) && !fault; i++) {
    if (names != R_NilValue) put_chars(STRING_ELT(names, i));
    if (!fault) put_value(VECTOR_ELT(list, i), depth + 1);
  }
}

static void put_value(SEXP value, int depth) {
  int type = TYPEOF(value);
  if (type == NILSXP) put_uint(0xC0, 0, 0);
  else if (type == RAWSXP) put_raw(value);
  else if (type == VECSXP) put_list(value, depth);
  else if ((type != LGLSXP && type != INTSXP && type != REALSXP && type != STRSXP) || XLENGTH(value) != 1)
    fault = drum_fault("VALUE_TYPE", "a value of type %s and length %lld cannot be sent", Rf_type2char(type), (long long)Rf_xlength(value));
  else if (type == STRSXP) put_chars(STRING_ELT(value, 0));
  else if (type == REALSXP) put_number(REAL(value)[0]);
  else if (INTEGER(value)[0] == NA_INTEGER) put_uint(0xC0, 0, 0);
  else if (type == LGLSXP) put_uint(LOGICAL(value)[0] ? 0xC3 : 0xC2, 0, 0);
  else put_number(INTEGER(value)[0]);
}

/* A raw, or a fault. */
SEXP drum_encode(SEXP value) {
  used = 0;
  fault = NULL;
  put_value(value, 0);
  if (fault) return fault;
  SEXP body = Rf_allocVector(RAWSXP, used);
  memcpy(RAW(body), buffer, used);
  return body;
}
