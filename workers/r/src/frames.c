/* Frames over the inherited descriptors (protocol/SPEC.md sections 1 and 2). One grow-only buffer receives. */

#include "values.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <R_ext/Rdynload.h>
#include <R_ext/Utils.h>

#define LEAST_READ 65536

static int incoming = -1, outgoing = -1;
static uint8_t *buffer = NULL;
static size_t room = 0, start = 0, end = 0;

/* In a process that user code forks: whatever it does, it takes and sends no frame. */
static void point_at_nothing(void) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return;
  const int descriptors[] = {incoming, outgoing};
  for (int i = 0; i < 2; i++)
    if (descriptors[i] >= 0 && dup2(nothing, descriptors[i]) >= 0) fcntl(descriptors[i], F_SETFD, FD_CLOEXEC);
  close(nothing);
}

static void make_private(int descriptor) {
  if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) Rf_error("descriptor %d is not open", descriptor);
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
}

SEXP drum_open(SEXP in, SEXP out) {
  static int is_first = 1;
  incoming = Rf_asInteger(in);
  outgoing = Rf_asInteger(out);
  start = end = 0;
  make_private(incoming);
  make_private(outgoing);
  if (is_first) {
    pthread_atfork(NULL, NULL, point_at_nothing);
    setvbuf(stdout, NULL, _IOLBF, 0); /* what native code prints goes to the log line by line */
  }
  is_first = 0;
  return R_NilValue;
}

SEXP drum_flush(void) {
  fflush(stdout);
  return R_NilValue;
}

static void make_room(size_t need) {
  if (start + need <= room && end < room) return;
  memmove(buffer, buffer + start, end - start);
  end -= start;
  start = 0;
  if (need <= room && end < room) return;
  size_t wanted = 2 * room > need ? 2 * room : need;
  if (wanted < LEAST_READ) wanted = LEAST_READ;
  uint8_t *larger = realloc(buffer, wanted);
  if (!larger) Rf_error("no memory for a frame of %zu bytes", need);
  buffer = larger;
  room = wanted;
}

/* Reads until `need` bytes lie in the buffer, or the input ends. Lets an interrupt through while it waits. */
static int fill(size_t need) {
  if (start == end) start = end = 0;
  while (end - start < need) {
    make_room(need);
    ssize_t count = read(incoming, buffer + end, room - end);
    if (count > 0) end += count;
    else if (count == 0) return 0;
    else if (errno == EINTR) R_CheckUserInterrupt();
    else Rf_error("reading frames failed: %s", strerror(errno));
  }
  return 1;
}

static SEXP truncated(size_t need) {
  return drum_fault("FRAME_TRUNCATED", "the input ended inside a frame, %zu bytes of %zu had come", end - start, need);
}

/* The next frame's value in a list, a fault, or NULL at the end of input. */
SEXP drum_receive(SEXP most) {
  if (!fill(4)) return end == start ? R_NilValue : truncated(4);
  const uint8_t *head = buffer + start;
  uint32_t size = head[0] | head[1] << 8 | head[2] << 16 | (uint32_t)head[3] << 24;
  if (size > Rf_asReal(most))
    return drum_fault("FRAME_TOO_LARGE", "a frame announces %u bytes, the limit is %.0f", size, Rf_asReal(most));
  if (!fill(4 + (size_t)size)) return truncated(4 + (size_t)size);
  const uint8_t *body = buffer + start + 4;
  start += 4 + (size_t)size;
  SEXP value = PROTECT(drum_decode_bytes(body, size));
  if (!Rf_inherits(value, "fault")) {
    SEXP list = Rf_allocVector(VECSXP, 1);
    SET_VECTOR_ELT(list, 0, value);
    value = list;
  }
  UNPROTECT(1);
  return value;
}

/* Whether something lies unread, be it the end of input. */
SEXP drum_has_come(void) {
  struct pollfd request = {incoming, POLLIN, 0};
  return Rf_ScalarLogical(end > start || poll(&request, 1, 0) > 0);
}

static int write_all(const uint8_t *data, size_t size) {
  while (size > 0) {
    ssize_t count = write(outgoing, data, size);
    if (count < 0 && errno != EINTR) return 0;
    if (count > 0) {
      data += count;
      size -= count;
    }
  }
  return 1;
}

/* One frame. FALSE when nobody is left to read it. */
SEXP drum_write(SEXP body) {
  size_t size = XLENGTH(body);
  uint8_t head[4] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)};
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  int is_sent;
  if (size < 4096) {
    uint8_t frame[4100];
    memcpy(frame, head, 4);
    memcpy(frame + 4, RAW(body), size);
    is_sent = write_all(frame, size + 4);
  } else is_sent = write_all(head, 4) && write_all(RAW(body), size);
  int problem = errno;
  signal(SIGPIPE, before);
  if (!is_sent && problem != EPIPE) Rf_error("writing a frame failed: %s", strerror(problem));
  return Rf_ScalarLogical(is_sent);
}

static const R_CallMethodDef methods[] = {
    {"drum_open", (DL_FUNC)&drum_open, 2},       {"drum_receive", (DL_FUNC)&drum_receive, 1}, {"drum_write", (DL_FUNC)&drum_write, 1},
    {"drum_flush", (DL_FUNC)&drum_flush, 0},     {"drum_decode", (DL_FUNC)&drum_decode, 1},   {"drum_encode", (DL_FUNC)&drum_encode, 1},
    {"drum_texts", (DL_FUNC)&drum_texts, 2},     {"drum_cells", (DL_FUNC)&drum_cells, 2},     {"drum_has_come", (DL_FUNC)&drum_has_come, 0},
    {NULL, NULL, 0}};

void R_init_drumline(DllInfo *info) { R_registerRoutines(info, NULL, methods, NULL, NULL); }
