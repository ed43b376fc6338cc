"""Requests and answers: checks a request, calls its method, and answers it exactly once (SPEC.md)."""

import collections
import os
import sys
import threading

from .frames import FrameFault
from .msgpack_subset import ValueFault
from .values import decode, encode, sendable

VERSION = 1
WORKER_VERSION = "0.1.0"
MOST_ID = 2**32 - 1
UNREADABLE_STREAM = 65  # exit status (section 9)


class WorkerError(Exception):
    """An error with a code of section 9. `traceback` is the user's own, as text."""

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
    """Whether it is an int, or a float of integral value: JavaScript cannot tell them apart (section 3)."""
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


class Channel:
    """Reads requests from a stream of frames; writes answers, and notifications beside them."""

    def __init__(self, stream):
        self.stream = stream
        self.ahead = collections.deque()  # what was read while a request ran
        self.unanswered = set()  # ids of requests that were read
        self.cancelled = set()  # those of them that nobody waits for any more
        self.running = threading.local()  # its `id` is that of the request that the thread runs
        self.pool = None  # of threads, where requests may wait side by side

    def serve(self, methods, waiting=(), threads=1):
        """Answers every request once until the end of input; returns the exit status.

        `methods` maps names to functions of params. Requests run in order, except those of methods in
        `waiting`, which run in `threads` threads when there are more than one.
        """
        if threads > 1:
            from concurrent.futures import ThreadPoolExecutor

            self.pool = ThreadPoolExecutor(threads, "request", initializer=give_loop)
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
        """What the next frame holds.

        (id, method, params) of a request; (id, None, error) of what is none; (0, None, None) of a
        notification, on which it acts; (None, None, None) at the end of input; (None, error, None) where the
        stream cannot be read on.
        """
        try:
            frame = self.stream.next_frame()
        except FrameFault as fault:
            return None, WorkerError(fault.code, str(fault)), None
        if frame is None:
            return None, None, None
        try:
            request_id, method, params = read_request(decode(frame))
        except ValueFault as fault:
            return 0, None, WorkerError(fault.code, str(fault))
        except WorkerError as error:
            return error.request_id, None, error
        if request_id == 0:
            if method == "cancel" and params.get("id") in self.unanswered:
                self.cancelled.add(params["id"])
            return 0, None, None
        self.unanswered.add(request_id)
        return request_id, method, params

    def answer(self, methods, request_id, method, params):
        """Calls the method and sends its result, or the error that it raised."""
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
        """Like answer(). Ends the process when a hook asks for it, which a thread alone cannot."""
        try:
            self.answer(*request)
        except SystemExit as leaving:
            sys.stderr.flush()
            os._exit(leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None))
        except (KeyboardInterrupt, BrokenPipeError):
            os._exit(0)

    def respond(self, request_id, error, result):
        """Sends the one answer of a request; an error that fits in place of what is too large for a frame."""
        body = encode([1, request_id, None if error is None else error.to_wire(), result])
        if len(body) > self.stream.most:
            message = "the result has %d bytes, a frame may have %d; return less" % (
                len(body),
                self.stream.most,
            )
            shorter = (
                WorkerError("FRAME_TOO_LARGE", message)
                if error is None
                else WorkerError(error.code, error.message[:200])
            )
            body = encode([1, request_id, shorter.to_wire(), None])
        self.unanswered.discard(request_id)
        self.cancelled.discard(request_id)
        self.stream.write(body)

    def notify(self, method, params):
        """Sends a notification. Raises FRAME_TOO_LARGE."""
        body = encode([2, method, params])
        if len(body) > self.stream.most:
            raise WorkerError(
                "FRAME_TOO_LARGE",
                "a %s has %d bytes, a frame may have %d; give smaller ones"
                % (method, len(body), self.stream.most),
            )
        self.stream.write(body)

    def progress(self, text):
        """Tells what the request of this thread is doing."""
        self.notify("progress", {"id": self.running.id, "done": 0, "total": None, "text": text})

    def chunk(self, data):
        """Sends a piece of the result of the request that this thread runs.

        Raises CANCELLED when nobody waits for it any more.
        """
        if self.pool is None:
            self.look_ahead()
        if self.running.id in self.cancelled:
            raise cancelled()
        self.notify("chunk", {"id": self.running.id, "data": data})

    def look_ahead(self):
        """Reads what has come while a request runs: perhaps nobody waits for its result any more."""
        while not (self.ahead and self.ahead[-1][0] is None) and self.stream.has_more():
            message = self.receive()
            if message[0] is None:
                self.cancelled.update(self.unanswered)  # Nobody is left.
            if message != (0, None, None):
                self.ahead.append(message)


def give_loop():
    """Gives the thread an event loop: asyncio.get_event_loop() makes one in the main thread alone."""
    import asyncio

    asyncio.set_event_loop(asyncio.new_event_loop())


def cancelled():
    """The error for a request whose caller has left."""
    return WorkerError("CANCELLED", "nobody waits for the result any more")


def hello(methods, threads=1):
    """The params of the notification that a worker begins with (section 5)."""
    return {
        "protocol": VERSION,
        "language": "python",
        "language_version": "%d.%d.%d" % sys.version_info[:3],
        "worker_version": WORKER_VERSION,
        "executable": sys.executable or "python",
        "capabilities": {"methods": methods, "payloads": ["bytes", "file", "table"], "concurrency": threads},
    }
