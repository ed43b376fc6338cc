#!/usr/bin/env bash
# apache-arrow for JavaScript gives decimals without their scale
#
# Guess:   a cell that pyarrow wrote as Decimal("1.25") reads as 1.25, "1.25", or an object that says so.
# Happens: it reads as an object whose text, and whose number, is 125: the digits alone. The scale, 2, is a property of the
#          column's type, which the reader has to apply.
# Matters: prices and rates in Arrow come from databases as decimals. A feature read this way is 100 times too large, in
#          silence.
# Version: apache-arrow 21.2.0, pyarrow 26.0.1
# Seen:    1.25 reads as 125, -3.50 as -350; scale 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund apache-arrow@21.2.0
python3 -m venv venv
venv/bin/pip install --quiet pyarrow==26.0.1
venv/bin/python - <<'END'
from decimal import Decimal

import pyarrow

table = pyarrow.table({"price": pyarrow.array([Decimal("1.25"), None, Decimal("-3.50")], pyarrow.decimal128(10, 2))})
with pyarrow.OSFile("table.arrow", "wb") as file, pyarrow.ipc.new_stream(file, table.schema) as writer:
    writer.write_table(table)
END
cat >read.mjs <<'END'
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";

const column = tableFromIPC(readFileSync("table.arrow")).getChild("price");
const texts = [0, 2].map((row) => String(column.get(row)));
const numbers = [0, 2].map((row) => Number(column.get(row)));
console.log("apache-arrow 21.2.0, pyarrow 26.0.1");
console.log("guess:     1.25 and -3.50");
console.log("behaviour: the digits alone, without the scale of the column's type");
console.log(`seen:      texts ${texts.join(", ")}; numbers ${numbers.join(", ")}; scale ${column.type.scale}`);
const same = texts.join() === "125,-350" && numbers.join() === "125,-350" && column.type.scale === 2;
process.exit(same ? 0 : 1);
END
node read.mjs
