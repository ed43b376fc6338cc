"""Calls a server of models with Triton's own HTTP client. Prints a JSON object of what came, by call.

Usage: triton_calls.py HOST:PORT MODEL...
The models predict the columns low, mid and high of patients; the first one is unloaded and loaded again.
"""

import json
import sys

import numpy as np
import tritonclient.http as triton

address, *models = sys.argv[1:]
client = triton.InferenceServerClient(address)
first = models[0]

columns = {
    "age": ("INT64", np.array([[23], [41], [67], [35], [52], [19], [80]], dtype=np.int64)),
    "bmi": ("FP32", np.array([[21.5], [25], [30.25], [27], [33.125], [25], [18.75]], dtype=np.float32)),
    "smoker": ("BOOL", np.array([[False], [True], [True], [False], [True], [False], [False]])),
    "region": (
        "BYTES",
        np.array(
            [["north"], ["south"], ["east"], ["northwest"], ["s"], ["Zürich"], ["east, coast"]], dtype=object
        ),
    ),
    "visits": ("FP64", np.array([[1.0], [0], [12], [0], [3], [0], [7]])),
}


def inputs_of(given, binary):
    tensors = []
    for name, (datatype, values) in given.items():
        tensor = triton.InferInput(name, list(values.shape), datatype)
        tensor.set_data_from_numpy(values, binary_data=binary)
        tensors.append(tensor)
    return tensors


def infer(model, given=columns, binary=True, names=None, **how):
    outputs = names and [triton.InferRequestedOutput(name, binary_data=binary) for name in names]
    answer = client.infer(model, inputs_of(given, binary), outputs=outputs, **how)
    found = [output["name"] for output in answer.get_response()["outputs"]]
    return {name: texts(answer.as_numpy(name).tolist()) for name in found}


def texts(cells):
    if isinstance(cells, list):
        return [texts(cell) for cell in cells]
    return cells.decode("utf-8") if isinstance(cells, bytes) else cells


def told(call):
    try:
        return call()
    except triton.InferenceServerException as error:
        return {"status": error.status(), "message": error.message()}


def index():
    return {model["name"]: model["state"] for model in client.get_model_repository_index()}


def tensor(name, datatype, values, shape=None):
    one = triton.InferInput(name, shape or list(np.shape(values)), datatype)
    one.set_data_from_numpy(np.array(values, dtype=triton.triton_to_np_dtype(datatype)))
    return one


missing = {**columns, "visits": ("FP64", np.array([[np.nan]] * 7))}
calls = {
    "live": client.is_server_live,
    "ready": client.is_server_ready,
    "model ready": lambda: client.is_model_ready(first),
    "unknown model ready": lambda: client.is_model_ready("nobody"),
    "server": client.get_server_metadata,
    "metadata": lambda: client.get_model_metadata(first),
    "metadata of version 1": lambda: client.get_model_metadata(first, "1"),
    "metadata of version 9": lambda: client.get_model_metadata(first, "9"),
    "config": lambda: client.get_model_config(first),
    "index": index,
    **{"binary " + model: (lambda model=model: infer(model)) for model in models},
    **{
        "json " + model: (lambda model=model: infer(model, binary=False, names=["low", "mid", "high"]))
        for model in models
    },
    **{
        "missing " + form + " " + model: (
            lambda model=model, binary=(form == "binary"): infer(model, missing, binary, ["high"])
        )
        for model in models
        for form in ["json", "binary"]
    },
    "gzip": lambda: infer(first, request_compression_algorithm="gzip", response_compression_algorithm="gzip"),
    "deflate": lambda: infer(
        first, request_compression_algorithm="deflate", response_compression_algorithm="deflate"
    ),
    "chosen": lambda: infer(first, names=["predict", "low"]),
    "sequence": lambda: infer(
        first, names=["predict"], sequence_id=3, sequence_start=True, priority=1, timeout=9, request_id="r"
    ),
    "class_count": lambda: (
        client.infer(
            first, inputs_of(columns, True), outputs=[triton.InferRequestedOutput("predict", class_count=2)]
        )
        .as_numpy("predict")
        .shape
    ),
    "unknown output": lambda: infer(first, names=["none"]),
    "unknown model": lambda: infer("nobody"),
    "unequal rows": lambda: infer(first, {**columns, "age": ("INT64", np.zeros((2, 1), dtype=np.int64))}),
    "unload": lambda: client.unload_model(first),
    "index without it": index,
    "infer without it": lambda: infer(first),
    "ready without it": lambda: [client.is_server_ready(), client.is_model_ready(first)],
    "load": lambda: client.load_model(first, config='{"backend": "none"}'),
    "load again": lambda: client.load_model(first),
    "index with it": index,
    "infer with it": lambda: infer(first),
    "load unknown": lambda: client.load_model("nobody"),
    "unload unknown": lambda: client.unload_model("nobody"),
    "statistics": lambda: client.get_inference_statistics(first),
    "all statistics": lambda: [model["name"] for model in client.get_inference_statistics()["model_stats"]],
}
print(json.dumps({name: told(call) for name, call in calls.items()}))
client.close()
