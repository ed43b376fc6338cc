"""Messages as frames on the two descriptors: the length prefix, the receive buffer, and writes."""

import os
import select
import threading

MOST_JOINED = 1 << 16  # bytes up to which a copy costs less than a second call
FIRST_BUFFER = 1 << 16


class FrameFault(ValueError):
    """The stream cannot be read on. `code` is one of the FRAME_ codes of SPEC.md section 9."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Stream:
    """Frames in, frames out. One buffer, which only grows, receives; frames are views of it."""

    def __init__(self, incoming, outgoing, most):
        """`incoming` and `outgoing` are descriptors; `most` is the largest frame in bytes."""
        self.incoming = incoming
        self.outgoing = outgoing
        self.most = most
        self.buffer = bytearray(FIRST_BUFFER)
        self.view = memoryview(self.buffer)
        self.start = 0
        self.end = 0
        self.writing = threading.Lock()
        self.arrivals = None  # polls `incoming`

    def write(self, body):
        """Sends one frame at once, since nobody knows how long the next request takes."""
        header = len(body).to_bytes(4, "little")
        with self.writing:
            for part in (header + body,) if len(body) <= MOST_JOINED else (header, body):
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(self.outgoing, rest) :]

    def has_more(self):
        """Whether a read would find bytes, or the end of input, without waiting."""
        if self.arrivals is None:
            self.arrivals = select.poll()
            self.arrivals.register(self.incoming, select.POLLIN)
        return self.end > self.start or bool(self.arrivals.poll(0))

    def next_frame(self):
        """The next frame's body as a view, valid until the next call; None at the end of input.

        Raises FrameFault with FRAME_TOO_LARGE or FRAME_TRUNCATED.
        """
        if not self.fill(4):
            return None
        size = int.from_bytes(self.view[self.start : self.start + 4], "little")
        if size > self.most:
            raise FrameFault(
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
                words = "the input ended inside a frame, %d bytes of %d had come"
                raise FrameFault("FRAME_TRUNCATED", words % (self.end - self.start, need))
            self.end += count
        return True

    def make_room(self, need):
        """Moves what is left to the front when `need` bytes do not fit, into a larger buffer if need be."""
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
