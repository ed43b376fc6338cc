"""Frames, messages and the loop that answers them, in the order of protocol/SPEC.md."""

import os
import sys

from . import msgpack_subset

try:
    import msgpack
except ImportError:
    msgpack = None

packer = None if msgpack is None else msgpack.Packer(use_bin_type=True)

VERSION = 1
WORKER_VERSION = "0.1.0"
MOST_ID = 2**32 - 1
MOST_JOINED = 1 << 16  # bytes up to which a copy costs less than a second call
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
        self.request_id = 0

    def to_wire(self):
        return {
            "code": self.code,
            "message": sendable(self.message),
            "traceback": None if self.traceback is None else sendable(self.traceback),
            "http_status": self.http_status,
        }


def sendable(text):
    """User code may put halves of surrogate pairs into its words, which UTF-8 does not have: they are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# -- section 3: values ------------------------------------------------------------------------------------------------

SCALARS = frozenset((str, bytes, bool, type(None)))


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
    """Whether the package, which takes more than the subset, read nothing beyond it.

    A float says no: it may have come as a float32, which the package widens without a word. Requests hold hardly any.
    """
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
    return kind in SCALARS or (kind is int and -msgpack_subset.MOST_INT <= value <= msgpack_subset.MOST_INT)


def encode(value):
    """The shortest form of `value`, which holds nothing but what section 3 has."""
    return packer.pack(value) if packer is not None else msgpack_subset.encode(value)


# -- sections 2 and 4: frames and messages ----------------------------------------------------------------------------


def read_request(message):
    """(id, method, params) of a request; (0, None, None) for a notification, none of which a worker of one request at a time acts on."""
    if not isinstance(message, list) or not message:
        raise WorkerError("MESSAGE_INVALID", "a message must be an array of 3 or 4 items, got %s" % described(message))
    kind = message[0]
    if is_int(kind) and kind == 2 and len(message) == 3:
        check_call(message[1], message[2], 0)
        return 0, None, None
    if not is_int(kind) or kind != 0 or len(message) != 4:
        form = "a request [0, id, method, params] or a notification [2, method, params]"
        raise WorkerError("MESSAGE_INVALID", "expected %s, got %d items, the first %s" % (form, len(message), described(kind)))
    _, request_id, method, params = message
    if not is_int(request_id) or not 1 <= request_id <= MOST_ID:
        raise WorkerError("MESSAGE_INVALID", "the id must be an int from 1 to 2^32 - 1, got %s" % described(request_id))
    check_call(method, params, int(request_id))
    return int(request_id), method, params


def check_call(method, params, request_id):
    if isinstance(method, str) and isinstance(params, dict):
        return
    words = "the method must be a str and params a map, got %s and %s" % (described(method), described(params))
    error = WorkerError("MESSAGE_INVALID", words)
    error.request_id = request_id
    raise error


def is_int(value):
    """A float with an integral value is one: JavaScript cannot tell them apart (section 3)."""
    kind = type(value)
    return kind is int or (kind is float and value.is_integer())


def described(value):
    if isinstance(value, (int, float, str)):
        return repr(value)[:80]
    return "nil" if value is None else "a " + type(value).__name__


def take(params, name, kind, optional=False):
    """The field `name` of a map, an instance of `kind`; None when it is absent or nil and optional. Raises PARAMS_INVALID."""
    value = params.get(name)
    if isinstance(value, kind) or (value is None and optional):
        return value
    expected = "%s%s" % (kind.__name__, " or nil" if optional else "")
    raise WorkerError("PARAMS_INVALID", "the field %s must be a %s, got %s" % (name, expected, described(value)))


def take_texts(params, name, optional=False):
    """Like take(), for an array of str."""
    items = take(params, name, list, optional)
    if items is not None and not all(isinstance(item, str) for item in items):
        raise WorkerError("PARAMS_INVALID", "the field %s must hold nothing but str" % name)
    return items


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
        self.current = 0  # id of the request that runs

    def serve(self, methods):
        """Answers every request once, in order, until the end of input. Returns the exit status."""
        try:
            while True:
                try:
                    frame = self.next_frame()
                except WorkerError as error:
                    self.respond(0, error, None)
                    return UNREADABLE_STREAM
                if frame is None:
                    return 0
                self.answer(frame, methods)
        except BrokenPipeError:
            return 0  # Nobody is left to listen, which is an end of input too.

    def answer(self, frame, methods):
        request_id = 0
        try:
            request_id, method, params = read_request(decode(frame))
            if request_id == 0:
                return  # No notification concerns a worker that runs one request at a time.
            if method not in methods:
                known = ", ".join(sorted(methods))
                raise WorkerError("METHOD_UNKNOWN", "%r is no method of this worker; it has %s" % (method[:80], known))
            self.current = request_id
            self.respond(request_id, None, methods[method](params))
        except WorkerError as error:
            self.respond(request_id or error.request_id, error, None)
        except (SystemExit, KeyboardInterrupt, BrokenPipeError):
            raise
        except BaseException as error:
            import traceback

            message = "a fault of the worker itself: %r; please report it" % (error,)
            self.respond(request_id, WorkerError("INTERNAL", message, traceback.format_exc()), None)

    def respond(self, request_id, error, result):
        body = encode([1, request_id, None if error is None else error.to_wire(), result])
        if len(body) > self.most:
            # A result that is too large, or else words that are: shorter ones fit.
            message = "the result has %d bytes, a frame may have %d; return less" % (len(body), self.most)
            shorter = WorkerError("FRAME_TOO_LARGE", message) if error is None else WorkerError(error.code, error.message[:200])
            body = encode([1, request_id, shorter.to_wire(), None])
        self.write(body)

    def notify(self, method, params):
        self.write(encode([2, method, params]))

    def progress(self, text):
        """What the request that runs is at."""
        self.notify("progress", {"id": self.current, "done": 0, "total": None, "text": text})

    def write(self, body):
        """One frame, at once: how long the next request takes is not known, and no finished response may wait for it."""
        header = len(body).to_bytes(4, "little")
        for part in (header + body,) if len(body) <= MOST_JOINED else (header, body):
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(self.outgoing, rest) :]

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
                have = self.end - self.start
                raise WorkerError("FRAME_TRUNCATED", "the input ended inside a frame, %d bytes of %d had come" % (have, need))
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
        "language_version": "%d.%d.%d" % sys.version_info[:3],
        "worker_version": WORKER_VERSION,
        "executable": sys.executable or "python",
        "capabilities": {"methods": methods, "payloads": ["bytes", "file", "table"], "concurrency": 1},
    }
