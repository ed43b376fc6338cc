"""Frames, messages and the loop that answers them, in the order of protocol/SPEC.md."""

import os
import platform
import sys
import time
import traceback as tracebacks

from . import msgpack_subset

try:
    import msgpack
except ImportError:
    msgpack = None

packer = None if msgpack is None else msgpack.Packer(use_bin_type=True)

VERSION = 1
WORKER_VERSION = "0.1.0"
HOLD_BACK = 0.001  # seconds that a finished response may wait for the next one (section 4)
LONGEST_WAIT_SIZE = 1 << 16  # bytes of responses that are held back at most
UNREADABLE_STREAM = 65  # exit status (section 9)
FIRST_BUFFER = 1 << 16


class WorkerError(Exception):
    """An error in the codes and words of section 9. `traceback` is the user's own, as text."""

    def __init__(self, code, message, traceback=None, http_status=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.traceback = traceback
        self.http_status = http_status

    def to_wire(self):
        return {
            "code": self.code,
            "message": self.message,
            "traceback": self.traceback,
            "http_status": self.http_status,
        }


# -- section 3: values ------------------------------------------------------------------------------------------------


def decode(frame):
    """The value in a frame's body, a memoryview. Bins are copies: the buffer is used again."""
    if msgpack is not None:
        try:
            value = msgpack.unpackb(frame, raw=False, strict_map_key=False, use_list=True, ext_hook=refuse_extension)
            if is_plain(value, 0):
                return value
        except Exception:
            pass  # The strict reader says what is wrong with it.
    try:
        return msgpack_subset.decode(frame)
    except msgpack_subset.ValueFault as fault:
        raise WorkerError(fault.code, str(fault)) from None


def refuse_extension(_code, _data):
    raise ValueError("extension types are outside the subset")


def is_plain(value, depth):
    """Whether the package, which takes more than the subset, read nothing beyond it. A float32 is found by the strict reader: see below."""
    kind = type(value)
    if kind is dict:
        if depth >= msgpack_subset.MOST_DEPTH:
            return False
        for key, item in value.items():
            if type(key) is not str or (type(item) not in SCALARS and not is_plain(item, depth + 1)):
                return False
        return True
    if kind is list:
        if depth >= msgpack_subset.MOST_DEPTH:
            return False
        for item in value:
            if type(item) not in SCALARS and not is_plain(item, depth + 1):
                return False
        return True
    # A float may have come as a float32, which the package widens without a word: rare enough to be read again.
    return kind is int and -msgpack_subset.MOST_INT <= value <= msgpack_subset.MOST_INT


SCALARS = frozenset((str, bytes, bool, type(None)))


def encode(value):
    return packer.pack(value) if packer is not None else msgpack_subset.encode(value)


# -- sections 2 and 4: frames and messages ----------------------------------------------------------------------------


def read_request(message):
    """(id, method, params) of a request; (0, None, None) for a notification, none of which a worker of one request at a time acts on."""
    if not isinstance(message, list) or not message:
        raise WorkerError("MESSAGE_INVALID", "a message must be an array, got %s" % type(message).__name__)
    if message[0] == 2 and len(message) == 3 and isinstance(message[1], str) and isinstance(message[2], dict):
        return 0, None, None
    if message[0] != 0 or len(message) != 4:
        raise WorkerError("MESSAGE_INVALID", "expected a request [0, id, method, params] or a notification, got %r of %d" % (message[0], len(message)))
    _, request_id, method, params = message
    if isinstance(request_id, float) and request_id.is_integer():
        request_id = int(request_id)  # JavaScript sends large ints as floats (section 3)
    if not isinstance(request_id, int) or isinstance(request_id, bool) or not 1 <= request_id < 1 << 32:
        raise WorkerError("MESSAGE_INVALID", "the id must be an int from 1 to 2^32 - 1, got %r" % (request_id,))
    if not isinstance(method, str) or not isinstance(params, dict):
        error = WorkerError("MESSAGE_INVALID", "method must be a str and params a map, got %r and %s" % (method, type(params).__name__))
        error.request_id = request_id
        raise error
    return request_id, method, params


class Stream:
    """Requests in, responses out. One grow-only buffer receives, and frames are views of it."""

    def __init__(self, incoming, outgoing, most):
        self.incoming = incoming
        self.outgoing = outgoing
        self.most = most
        self.buffer = bytearray(FIRST_BUFFER)
        self.view = memoryview(self.buffer)
        self.start = 0
        self.end = 0
        self.held = []
        self.held_size = 0
        self.held_since = 0.0

    def serve(self, methods):
        """Answers every request once, in order, until the end of input. Returns the exit status."""
        while True:
            try:
                frame = self.next_frame()
            except WorkerError as error:
                self.respond(0, error, None)
                self.flush()
                return UNREADABLE_STREAM
            if frame is None:
                return 0
            self.answer(frame, methods)

    def answer(self, frame, methods):
        request_id = 0
        try:
            request_id, method, params = read_request(decode(frame))
            if method is None:
                return
            if method not in methods:
                known = ", ".join(sorted(methods))
                raise WorkerError("METHOD_UNKNOWN", "%s is no method of this worker; it has %s" % (method, known))
            self.respond(request_id, None, methods[method](params))
        except WorkerError as error:
            self.respond(getattr(error, "request_id", request_id), error, None)
        except (SystemExit, KeyboardInterrupt):
            self.flush()
            raise
        except BaseException as error:
            message = "a fault of the worker itself: %r; please report it" % (error,)
            self.respond(request_id, WorkerError("INTERNAL", message, tracebacks.format_exc()), None)

    def respond(self, request_id, error, result):
        body = encode([1, request_id, None if error is None else error.to_wire(), result])
        if len(body) > self.most:
            message = "the result has %d bytes, the limit of a frame is %d; return less" % (len(body), self.most)
            body = encode([1, request_id, WorkerError("FRAME_TOO_LARGE", message).to_wire(), None])
        if not self.held:
            self.held_since = time.perf_counter()
        self.held.append(len(body).to_bytes(4, "little"))
        self.held.append(body)
        self.held_size += len(body)
        if self.held_size > LONGEST_WAIT_SIZE or not self.has_frame() or time.perf_counter() - self.held_since > HOLD_BACK:
            self.flush()

    def notify(self, method, params):
        body = encode([2, method, params])
        self.held += [len(body).to_bytes(4, "little"), body]
        self.flush()

    def flush(self):
        if self.held_size > LONGEST_WAIT_SIZE:
            parts = self.held
        else:
            parts = [b"".join(self.held)]
        self.held = []
        self.held_size = 0
        for part in parts:
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(self.outgoing, rest) :]

    def has_frame(self):
        """Whether a complete frame lies in the buffer already."""
        have = self.end - self.start
        return have >= 4 and have - 4 >= int.from_bytes(self.view[self.start : self.start + 4], "little")

    def next_frame(self):
        """The next frame's body as a view, valid until the next call; None at the end of input."""
        if not self.fill(4):
            return None
        size = int.from_bytes(self.view[self.start : self.start + 4], "little")
        if size > self.most:
            raise WorkerError("FRAME_TOO_LARGE", "a frame announces %d bytes, the limit is %d" % (size, self.most))
        self.fill(4 + size)
        first = self.start + 4
        self.start = first + size
        return self.view[first : self.start]

    def fill(self, need):
        """Reads until `need` bytes lie in the buffer. False when the input ended before the first of them."""
        while self.end - self.start < need:
            self.make_room(need)
            count = os.readv(self.incoming, [self.view[self.end :]])
            if count == 0:
                if self.end == self.start:
                    return False
                raise WorkerError("FRAME_TRUNCATED", "the input ended inside a frame: %d of %d bytes" % (self.end - self.start, need))
            self.end += count
        return True

    def make_room(self, need):
        if self.start == self.end:
            self.start = self.end = 0
        if self.start + need <= len(self.buffer) and self.end < len(self.buffer):
            return
        rest = bytes(self.view[self.start : self.end])
        if need > len(self.buffer):
            self.buffer = bytearray(max(need, 2 * len(self.buffer)))
            self.view = memoryview(self.buffer)
        self.view[: len(rest)] = rest
        self.start, self.end = 0, len(rest)


# -- section 5: life of a worker --------------------------------------------------------------------------------------


def hello(methods):
    return {
        "protocol": VERSION,
        "language": "python",
        "language_version": platform.python_version(),
        "worker_version": WORKER_VERSION,
        "executable": sys.executable or "python",
        "capabilities": {"methods": methods, "payloads": ["bytes", "file", "table"], "concurrency": 1},
    }
