"""Trains scikit-learn models on its data sets and saves them as ONNX; folders and files are those of
train.py.

What is expected of them is computed by ONNX Runtime itself, from single precision as the models take it.
"""

import pandas as pd
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from train import FOLDER, SEED, by_label, numbers, read_data, save_expected


def converted(folder, model, inputs, **options):
    """Outputs by their names, of the ONNX model saved in the folder."""
    types = [
        (name, StringTensorType([None, 1]) if one.dtype == object else FloatTensorType([None, one.shape[1]]))
        for name, one in inputs.items()
    ]
    graph = to_onnx(model, initial_types=types, target_opset={"": 18, "ai.onnx.ml": 3}, **options)
    (folder / "model.onnx").write_bytes(graph.SerializeToString())
    session = InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    return dict(zip((one.name for one in session.get_outputs()), session.run(None, inputs)))


def whole(frame):
    return {"features": frame.to_numpy(dtype="float32")}


def train_regression():
    folder = FOLDER / "onnx_regression"
    frame, target, _ = read_data(load_diabetes, folder)
    model = make_pipeline(StandardScaler(), Ridge()).fit(frame.to_numpy(), target)
    save_expected(folder, numbers(converted(folder, model, whole(frame))["variable"][:, 0]))


def train_binary():
    """A map from class to probability for each row; the classes are texts."""
    folder = FOLDER / "onnx_binary"
    frame, target, names = read_data(load_breast_cancer, folder)
    model = make_pipeline(StandardScaler(), LogisticRegression(random_state=SEED)).fit(
        frame.to_numpy(), names[target]
    )
    rows = converted(folder, model, whole(frame))["output_probability"]
    save_expected(folder, [{label: float(value) for label, value in row.items()} for row in rows])


def train_multiclass():
    """The same with the classes 0, 1 and 2."""
    folder = FOLDER / "onnx_multiclass"
    frame, target, names = read_data(load_iris, folder)
    model = LogisticRegression(random_state=SEED, max_iter=500).fit(frame.to_numpy(), target)
    rows = converted(folder, model, whole(frame))["output_probability"]
    save_expected(folder, by_label([[row[0], row[1], row[2]] for row in rows], names))


def train_multilabel():
    folder = FOLDER / "onnx_multilabel"
    frame, _, _ = read_data(load_wine, folder)
    target = (frame[["alcohol", "color_intensity"]] > frame[["alcohol", "color_intensity"]].median()).astype(
        int
    )
    model = make_pipeline(StandardScaler(), OneVsRestClassifier(LogisticRegression(random_state=SEED))).fit(
        frame.to_numpy(), target.to_numpy()
    )
    rows = converted(folder, model, whole(frame), options={"zipmap": False})["probabilities"]
    save_expected(folder, by_label(rows, ["strong", "dark"]))


def train_anomaly():
    folder = FOLDER / "onnx_anomaly"
    frame, _, _ = read_data(load_wine, folder)
    model = IsolationForest(n_estimators=20, random_state=SEED).fit(frame.to_numpy())
    save_expected(folder, numbers(converted(folder, model, whole(frame))["label"][:, 0]))


def train_columns():
    """An input for each column, one of them text; the columns of input.csv are in another order."""
    folder = FOLDER / "onnx_columns"
    data = load_wine(as_frame=True)
    frame = data.data[["hue", "alcohol"]].assign(
        colour=pd.cut(data.data["color_intensity"], [0, 4, 20], labels=["light", "dark"]).astype(str)
    )
    folder.mkdir(exist_ok=True)
    frame[["colour", "alcohol", "hue"]].to_csv(folder / "input.csv", index=False, lineterminator="\n")
    columns = make_column_transformer((OneHotEncoder(), ["colour"]), (StandardScaler(), ["hue", "alcohol"]))
    model = make_pipeline(columns, LinearRegression()).fit(frame, data.target)
    inputs = {name: frame[[name]].to_numpy(dtype=object if name == "colour" else "float32") for name in frame}
    save_expected(folder, numbers(converted(folder, model, inputs)["variable"][:, 0]))


if __name__ == "__main__":
    for train in (
        train_regression,
        train_binary,
        train_multiclass,
        train_multilabel,
        train_anomaly,
        train_columns,
    ):
        train()
