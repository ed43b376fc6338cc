"""Makes the CSV of the whole-file benchmarks: 838,861 rows of 13 numbers, 44 MB, the same bytes every time.

Usage: `python data.py FILE [ROWS]`. The columns are those of scikit-learn's wine data, on which
e2e/models/sklearn_wide was trained, with values in their ranges. A file that is there already is kept; an
unfinished one never gets the name. Needs Python 3.9, no packages.
"""

import os
import random
import sys
from array import array

ROWS = 838_861
# Name, smallest and largest value, decimals: chosen so that a row takes 52 bytes on average.
COLUMNS = [
    ("alcohol", 11, 14.8, 1),
    ("malic_acid", 0.7, 5.8, 1),
    ("ash", 1.3, 3.2, 1),
    ("alcalinity_of_ash", 10, 30, 1),
    ("magnesium", 70, 162, 0),
    ("total_phenols", 0.9, 3.8, 1),
    ("flavanoids", 0.3, 5, 1),
    ("nonflavanoid_phenols", 0.1, 0.7, 1),
    ("proanthocyanins", 0.4, 3.5, 1),
    ("color_intensity", 1.2, 13, 1),
    ("hue", 0.4, 1.7, 1),
    ("od280/od315_of_diluted_wines", 1.2, 4, 1),
    ("proline", 278, 1680, 0),
]
SEED = 838_861
ROWS_AT_ONCE = 20_000


def words_between(smallest, largest, decimals):
    """Every value of a column in its short form, e.g. 2 and 2.5 and 3."""
    scale = 10**decimals
    values = range(round(smallest * scale), round(largest * scale) + 1)
    return [f"{value / scale:g}" for value in values]


def write_rows(file, rows):
    # randbytes of a seeded generator gives the same bytes on every machine and in every Python.
    source = random.Random(SEED)
    vocabularies = [words_between(*limits) for _, *limits in COLUMNS]
    file.write(",".join(name for name, *_ in COLUMNS) + "\n")
    for start in range(0, rows, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, rows - start)
        columns = [pick(words, source, count) for words in vocabularies]
        file.write("\n".join(map(",".join, zip(*columns))) + "\n")


def pick(words, source, count):
    numbers = array("H", source.randbytes(2 * count))
    if sys.byteorder == "big":
        numbers.byteswap()
    size = len(words)
    return [words[number % size] for number in numbers]


def main(path, rows=ROWS):
    if os.path.exists(path):
        return
    partial = f"{path}.partial-{os.getpid()}"
    with open(partial, "w", encoding="ascii", newline="") as file:
        write_rows(file, int(rows))
    os.replace(partial, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
