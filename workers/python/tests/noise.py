"""Python text that prints in every way that user code can, and looks for ways to the frames.

It runs where the worker runs user code.
"""

NOISE = """
import ctypes, os, subprocess, sys

print("from print")
print("from print, unfinished", end="")
sys.stderr.write("from sys.stderr\\n")
sys.stdout.buffer.write(b"from the buffer \\xff\\x00\\n")
sys.stdout.flush()
os.write(1, b"from descriptor 1\\n")
os.write(2, b"from descriptor 2\\n")
ctypes.CDLL(None).puts(b"from C")
subprocess.run(["sh", "-c", "echo from a child; echo from a child\\\\'s stderr >&2; cat"], check=True)
print("read %r from stdin" % sys.stdin.read())
print("a frame of our own: " + "\\x01\\x00\\x00\\x00\\xc0")
"""

NOISES = [
    "from print",
    "from print, unfinished",
    "from sys.stderr",
    "from the buffer",
    "from descriptor 1",
    "from descriptor 2",
    "from C",
    "from a child",
    "from a child's stderr",
    "read '' from stdin",
    "a frame of our own",
]

# Tells what a child process, and a fork that goes on in Python, can do with the descriptors of the frames.
INTRUDER = """
import os, subprocess, sys

probe = "for n in 3 4; do if (: >&$n) 2>/dev/null; then echo has $n; echo junk >&$n; fi; done; "
probe += "env | grep ^DRUM_; true"
done = subprocess.run(["sh", "-c", probe], close_fds=False, check=True, stdout=subprocess.PIPE)
print("inherited: %r" % done.stdout.decode())
child = os.fork()
if child == 0:
    for descriptor in (3, 4):
        try:
            os.write(descriptor, b"junk from a fork")
        except OSError:
            pass
    os._exit(0)
os.waitpid(child, 0)
print("intruder done")
sys.stdout.flush()
"""
