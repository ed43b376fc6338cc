/* What the files of the worker's C object share: faults, and the reader of one msgpack value. */

#ifndef DRUM_VALUES_H
#define DRUM_VALUES_H

#include <stddef.h>
#include <stdint.h>
#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>

/* A list(code, message) of class "fault", which R turns into an error of SPEC.md section 9. */
SEXP drum_fault(const char *code, const char *form, ...);

/* Whether these bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
int drum_is_utf8(const uint8_t *text, size_t size);

/* The value in `data`, or a fault. */
SEXP drum_decode_bytes(const uint8_t *data, size_t size);

/* Called from R. */
SEXP drum_decode(SEXP body);
SEXP drum_encode(SEXP value);
SEXP drum_open(SEXP in, SEXP out);
SEXP drum_receive(SEXP most);
SEXP drum_has_come(void);
SEXP drum_write(SEXP body);
SEXP drum_flush(void);
SEXP drum_texts(SEXP data, SEXP offsets);
SEXP drum_cells(SEXP body, SEXP texts);

#endif
