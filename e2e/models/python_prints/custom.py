"""Prints in every way a Python model can, at every stage, and reads standard input; a row's prediction is its
sum.

Nothing of this may reach the protocol's streams, and a read of standard input must find it empty instead of
waiting.
"""

import ctypes
import logging
import os
import subprocess
import sys
import warnings

import pandas as pd

logging.basicConfig(level=logging.INFO, stream=sys.stdout)


def print_everywhere(stage):
    print(f"print in {stage}")
    print(f"print to stderr in {stage}", file=sys.stderr)
    print(f"no line end in {stage}", end="", flush=True)
    sys.stdout.write(f"\nsys.stdout.write in {stage}\n")
    sys.__stdout__.write(f"sys.__stdout__.write in {stage}\n")
    sys.stdout.buffer.write(b"not UTF-8: \xff\xfe\x00\n")
    sys.stdout.flush()
    os.write(1, f"os.write to 1 in {stage}\n".encode())
    os.write(2, f"os.write to 2 in {stage}\n".encode())
    libc = ctypes.CDLL(None)
    libc.puts(f"puts in {stage}".encode())
    libc.fflush(None)
    subprocess.run(["sh", "-c", f"echo child in {stage}; echo child to stderr in {stage} >&2"], check=True)
    logging.getLogger(stage).info("logged in %s", stage)
    warnings.warn(f"warned in {stage}", stacklevel=1)
    print("x" * 100_000)
    assert sys.stdin.read() == "", "standard input must be empty"


print_everywhere("import")


def init(**kwargs):
    print_everywhere("init")


def load_model(code_dir):
    print_everywhere("load_model")
    return "printer"


def transform(data, model):
    print_everywhere("transform")
    return data


def score(data, model, **kwargs):
    print_everywhere("score")
    return pd.DataFrame({"Predictions": data.sum(axis=1)})


def post_process(predictions, model):
    print_everywhere("post_process")
    return predictions
