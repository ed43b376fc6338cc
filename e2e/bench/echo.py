"""The other side of echo.mjs: sends back every frame, a length of four bytes (little-endian) and a body."""

import struct
import sys

source, target = sys.stdin.buffer, sys.stdout.buffer
while header := source.read(4):
    body = source.read(*struct.unpack("<I", header))
    target.write(header + body)
    target.flush()
