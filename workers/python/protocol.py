"""Frames, messages and the loop that answers them, in the order of protocol/SPEC.md."""

import collections
import os
import select
import sys
import threading

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
    """User code may put halves of surrogate pairs into its words, which UTF-8 does not have: they are
    escaped.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# -- section 3: values

SCALARS = frozenset((str, bytes, bool, type(None)))


def decode(frame):
    """The value in a frame's body, a memoryview. Bins are copies: the buffer is used again."""
    if msgpack is not None:
        try:
            value = msgpack.unpackb(
                frame, raw=False, strict_map_key=False, use_list=True, ext_hook=refuse_extension
            )
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

    A float says no: it may have come as a float32, which the package widens without a word. Requests hold
    hardly any.
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


# -- sections 2 and 4: frames and messages


def read_request(message):
    """(id, method, params) of a request or, with the id 0, of a notification."""
    if not isinstance(message, list) or not message:
        raise WorkerError(
            "MESSAGE_INVALID", "a message must be an array of 3 or 4 items, got %s" % described(message)
        )
    kind = message[0]
    if is_int(kind) and kind == 2 and len(message) == 3:
        check_call(message[1], message[2], 0)
        return 0, message[1], message[2]
    if not is_int(kind) or kind != 0 or len(message) != 4:
        form = "a request [0, id, method, params] or a notification [2, method, params]"
        raise WorkerError(
            "MESSAGE_INVALID",
            "expected %s, got %d items, the first %s" % (form, len(message), described(kind)),
        )
    _, request_id, method, params = message
    if not is_int(request_id) or not 1 <= request_id <= MOST_ID:
        raise WorkerError(
            "MESSAGE_INVALID", "the id must be an int from 1 to 2^32 - 1, got %s" % described(request_id)
        )
    check_call(method, params, int(request_id))
    return int(request_id), method, params


def check_call(method, params, request_id):
    if isinstance(method, str) and isinstance(params, dict):
        return
    words = "the method must be a str and params a map, got %s and %s" % (
        described(method),
        described(params),
    )
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
    """The field `name` of a map, an instance of `kind`; None when it is absent or nil and optional.

    Raises PARAMS_INVALID.
    """
    value = params.get(name)
    if isinstance(value, kind) or (value is None and optional):
        return value
    expected = "%s%s" % (kind.__name__, " or nil" if optional else "")
    raise WorkerError(
        "PARAMS_INVALID", "the field %s must be a %s, got %s" % (name, expected, described(value))
    )


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
        self.ahead = collections.deque()  # what was read while a request ran
        self.unanswered = set()  # ids of requests that were read
        self.cancelled = set()  # those of them that nobody waits for any more
        self.running = threading.local()  # its `id` is that of the request that the thread runs
        self.writing = threading.Lock()
        self.pool = None  # of threads, where requests may wait side by side

    def serve(self, methods, waiting=(), threads=1):
        """Answers every request once until the end of input, in order but for the methods that are `waiting`,
        of which as many as there are threads run at once. Returns the exit status.
        """
        if threads > 1:
            from concurrent.futures import ThreadPoolExecutor

            self.pool = ThreadPoolExecutor(threads, "request")
        try:
            while True:
                request_id, method, params = self.ahead.popleft() if self.ahead else self.receive()
                if request_id is None:
                    if method is not None:
                        self.respond(0, method, None)
                    return 0 if method is None else UNREADABLE_STREAM
                if method is None:
                    if params is not None:
                        self.respond(request_id, params, None)
                elif self.pool is None or method not in waiting:
                    self.answer(methods, request_id, method, params)
                else:
                    self.pool.submit(self.answer_in_thread, methods, request_id, method, params)
        except BrokenPipeError:
            return 0  # Nobody is left to listen, which is an end of input too.

    def receive(self):
        """What the next frame holds: (id, method, params) of a request; (id, None, error) of what is none,
        (id, None, None) of a notification, which it acts on; (None, None, None) at the end of input, (None,
        error, None) where it cannot be read on.
        """
        try:
            frame = self.next_frame()
        except WorkerError as error:
            return None, error, None
        if frame is None:
            return None, None, None
        try:
            request_id, method, params = read_request(decode(frame))
        except WorkerError as error:
            return error.request_id, None, error
        if request_id == 0:
            if method == "cancel" and params.get("id") in self.unanswered:
                self.cancelled.add(params["id"])
            return 0, None, None
        self.unanswered.add(request_id)
        return request_id, method, params

    def answer(self, methods, request_id, method, params):
        self.running.id = request_id
        try:
            if method not in methods:
                known = ", ".join(sorted(methods))
                raise WorkerError(
                    "METHOD_UNKNOWN", "%r is no method of this worker; it has %s" % (method[:80], known)
                )
            if request_id in self.cancelled:
                raise cancelled()
            self.respond(request_id, None, methods[method](params))
        except WorkerError as error:
            self.respond(request_id, error, None)
        except (SystemExit, KeyboardInterrupt, BrokenPipeError):
            raise
        except BaseException as error:
            import traceback

            message = "a fault of the worker itself: %r; please report it" % (error,)
            self.respond(request_id, WorkerError("INTERNAL", message, traceback.format_exc()), None)

    def answer_in_thread(self, *request):
        """A hook that asks for the end of the process gets it, from whatever thread."""
        try:
            self.answer(*request)
        except SystemExit as leaving:
            sys.stderr.flush()
            os._exit(leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None))
        except (KeyboardInterrupt, BrokenPipeError):
            os._exit(0)

    def respond(self, request_id, error, result):
        body = encode([1, request_id, None if error is None else error.to_wire(), result])
        if len(body) > self.most:
            # A result that is too large, or else words that are: shorter ones fit.
            message = "the result has %d bytes, a frame may have %d; return less" % (len(body), self.most)
            shorter = (
                WorkerError("FRAME_TOO_LARGE", message)
                if error is None
                else WorkerError(error.code, error.message[:200])
            )
            body = encode([1, request_id, shorter.to_wire(), None])
        self.unanswered.discard(request_id)
        self.cancelled.discard(request_id)
        self.write(body)

    def notify(self, method, params):
        """Raises FRAME_TOO_LARGE."""
        body = encode([2, method, params])
        if len(body) > self.most:
            raise WorkerError(
                "FRAME_TOO_LARGE",
                "a %s has %d bytes, a frame may have %d; give smaller ones" % (method, len(body), self.most),
            )
        self.write(body)

    def progress(self, text):
        """What the request that runs is at."""
        self.notify("progress", {"id": self.running.id, "done": 0, "total": None, "text": text})

    def chunk(self, data):
        """A piece of the result of the request that this thread runs.

        Raises CANCELLED when nobody waits for it any more.
        """
        if self.pool is None:
            self.look_ahead()
        if self.running.id in self.cancelled:
            raise cancelled()
        self.notify("chunk", {"id": self.running.id, "data": data})

    def look_ahead(self):
        """Reads what has come while a request runs: it may be that nobody waits for its result any more."""
        has_come = select.poll()
        has_come.register(self.incoming, select.POLLIN)
        while not (self.ahead and self.ahead[-1][0] is None) and (self.end > self.start or has_come.poll(0)):
            message = self.receive()
            if message[0] is None:
                self.cancelled.update(self.unanswered)  # Nobody is left.
            if message != (0, None, None):
                self.ahead.append(message)

    def write(self, body):
        """One frame, at once: how long the next request takes is not known, and no finished response may
        wait for it.
        """
        header = len(body).to_bytes(4, "little")
        with self.writing:
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
            raise WorkerError(
                "FRAME_TOO_LARGE", "a frame announces %d bytes, the limit is %d" % (size, self.most)
            )
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
                raise WorkerError(
                    "FRAME_TRUNCATED",
                    "the input ended inside a frame, %d bytes of %d had come" % (have, need),
                )
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


# -- section 5: life of a worker


def cancelled():
    return WorkerError("CANCELLED", "nobody waits for the result any more")


def hello(methods, threads=1):
    return {
        "protocol": VERSION,
        "language": "python",
        "language_version": "%d.%d.%d" % sys.version_info[:3],
        "worker_version": WORKER_VERSION,
        "executable": sys.executable or "python",
        "capabilities": {"methods": methods, "payloads": ["bytes", "file", "table"], "concurrency": threads},
    }
