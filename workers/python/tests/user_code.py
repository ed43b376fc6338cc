"""A folder of the user's own files, thrown away after the test."""

import os
import tempfile
import textwrap


class UserCode:
    def __init__(self):
        self.place = tempfile.TemporaryDirectory(prefix="drum-test-")
        self.folder = os.path.realpath(self.place.name)
        self.written = 0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.place.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        """The path of a new file; the text may be indented as a whole."""
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
        # Python takes a file of the same second and size for the same, and its compiled form for good.
        self.written += 1
        os.utime(self.path(name), (10**9 + self.written, 10**9 + self.written))
        return self.path(name)
