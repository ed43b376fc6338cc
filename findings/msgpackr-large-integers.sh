#!/usr/bin/env bash
# msgpackr packs whole numbers beyond 32 bits as floats
#
# Guess:   the whole number 2**40, safe in JavaScript, is packed as an integer, and Python unpacks an int.
# Happens: msgpackr packs whole numbers from 2**32 on, and those below -(2**31), as float64. Python's msgpack gets
#          1099511627776.0. The package @msgpack/msgpack packs the same number as an integer.
# Matters: one column of identifiers or milliseconds arrives as a mixture of ints and floats, row by row. Used as a category
#          or as a key, 1099511627776.0 is none of the known ones once it is text. In msgpackr a BigInt is packed as an
#          integer.
# Version: msgpackr 2.1.3, @msgpack/msgpack 3.1.3, msgpack for Python 1.2.4
# Seen:    msgpackr [4294967295, 4294967296.0, 1099511627776.0], BigInt 1099511627776, @msgpack/msgpack 1099511627776
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund msgpackr@2.1.3 @msgpack/msgpack@3.1.3
python3 -m venv venv
venv/bin/pip install --quiet msgpack==1.2.4
cat >pack.mjs <<'END'
import { writeFileSync } from "node:fs";
import { encode } from "@msgpack/msgpack";
import { pack } from "msgpackr";

writeFileSync("numbers", pack([2 ** 32 - 1, 2 ** 32, 2 ** 40]));
writeFileSync("bigint", pack(2n ** 40n));
writeFileSync("other", encode(2 ** 40));
END
node pack.mjs
venv/bin/python - <<'END'
import sys

import msgpack


def unpacked(file):
    with open(file, "rb") as stream:
        return repr(msgpack.unpackb(stream.read()))


numbers, bigint, other = map(unpacked, ("numbers", "bigint", "other"))
print("msgpackr 2.1.3, @msgpack/msgpack 3.1.3, msgpack for Python %d.%d.%d" % msgpack.version[:3])
print("guess:     every whole number arrives as an int")
print("behaviour: those beyond 32 bits arrive as floats")
print("seen:      msgpackr %s, BigInt %s, @msgpack/msgpack %s" % (numbers, bigint, other))
whole = "1099511627776"
sys.exit(0 if numbers == "[4294967295, 4294967296.0, 1099511627776.0]" and bigint == other == whole else 1)
END
