"""A real worker process, started the way the supervisor starts it, over pipes and with deadlines."""

import os
import select
import subprocess
import sys
import tempfile
import time

from drumline_worker import msgpack_subset

from . import WORKER

LAUNCHER = 'exec "$@" 3<&0 4>&1 </dev/null 1>&2'
DEADLINE = 60  # seconds that anything may take before a test fails


def frame_of(value):
    body = msgpack_subset.encode(value)
    return len(body).to_bytes(4, "little") + body


class WorkerProcess:
    """`variables` are added to its environment; what it prints goes to a file that log() reads."""

    def __init__(self, most=1 << 20, **variables):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("DRUM_", "PYTHON"))
        }
        environment.update(
            {"DRUM_PROTOCOL_IN": "3", "DRUM_PROTOCOL_OUT": "4", "DRUM_MAX_FRAME": str(most), **variables}
        )
        self.printed = tempfile.TemporaryFile()
        self.received = b""
        self.process = subprocess.Popen(
            ["sh", "-c", LAUNCHER, "sh", sys.executable, os.path.join(WORKER, "main.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.printed,
            env=environment,
            bufsize=0,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stdin.close()
        self.printed.close()

    def send(self, *messages):
        self.send_bytes(b"".join(map(frame_of, messages)))

    def send_bytes(self, data):
        self.process.stdin.write(data)

    def receive(self):
        """The next message."""
        size = int.from_bytes(self.take(4), "little")
        return msgpack_subset.decode(self.take(size))

    def take(self, count):
        until = time.monotonic() + DEADLINE
        while len(self.received) < count:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            data = os.read(self.process.stdout.fileno(), 1 << 16) if ready else None
            if not data:
                raise AssertionError(
                    "no message %s; it printed:\n%s" % ("before the end" if ready else "in time", self.log())
                )
            self.received += data
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def call(self, method, params=None, request_id=1):
        """(error, result) of one request, after the hello where that has not been read yet."""
        self.send([0, request_id, method, params or {}])
        message = self.receive()
        while message[0] == 2:
            message = self.receive()
        if message[:2] != [1, request_id]:
            raise AssertionError("expected the response to request %d, got %r" % (request_id, message))
        return message[2], message[3]

    def finish(self):
        """Ends the input; the exit status."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self.wait()

    def wait(self):
        return self.process.wait(DEADLINE)

    def rest(self):
        """The messages that are left when the process has ended."""
        messages = []
        while self.received or select.select([self.process.stdout], [], [], DEADLINE)[0]:
            if not self.received:
                self.received = os.read(self.process.stdout.fileno(), 1 << 16)
                if not self.received:
                    break
            messages.append(self.receive())
        return messages

    def log(self):
        self.printed.seek(0)
        return self.printed.read().decode("utf-8", "backslashreplace")

    def wait_for_log(self, *texts):
        """Returns when all of these have been printed, while the process runs."""
        until = time.monotonic() + DEADLINE / 6
        while not all(text in self.log() for text in texts):
            if time.monotonic() > until or self.process.poll() is not None:
                missing = [text for text in texts if text not in self.log()]
                raise AssertionError("%r were not printed in time, only:\n%s" % (missing, self.log()))
            time.sleep(0.005)
