"""Trains the Keras models on scikit-learn's data sets; folders and files are those of train.py."""

import importlib.util

import keras
import pandas as pd
from keras import layers
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from train import FOLDER, SEED, by_label, numbers, read_data, save_expected


def scaled(features):
    layer = layers.Normalization()
    layer.adapt(features.to_numpy())
    return layer


def fit(model, features, target, loss):
    model.compile(keras.optimizers.Adam(0.02), loss)
    model.fit(features, target, batch_size=64, epochs=20, verbose=0)
    return model


def train_regression():
    folder = FOLDER / "keras_regression"
    frame, target, _ = read_data(load_diabetes, folder)
    model = keras.Sequential(
        [keras.Input((frame.shape[1],)), scaled(frame), layers.Dense(16, "relu"), layers.Dense(1)]
    )
    fit(model, frame.to_numpy(), target.to_numpy(), "mse").save(folder / "model.keras")
    save_expected(folder, numbers(model.predict(frame.to_numpy(), verbose=0)[:, 0]))


def train_binary():
    """HDF5, with one column, the probability of the second class."""
    folder = FOLDER / "keras_binary_h5"
    frame, target, names = read_data(load_breast_cancer, folder)
    model = keras.Sequential([keras.Input((frame.shape[1],)), scaled(frame), layers.Dense(1, "sigmoid")])
    fit(model, frame.to_numpy(), target.to_numpy(), "binary_crossentropy").save(folder / "model.h5")
    second = model.predict(frame.to_numpy(), verbose=0)
    save_expected(folder, by_label([(1 - one, one) for [one] in second], names))


def train_multiclass():
    folder = FOLDER / "keras_multiclass"
    frame, target, names = read_data(load_iris, folder)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, "relu"), layers.Dense(3, "softmax")])
    fit(model, frame.to_numpy(), target.to_numpy(), "sparse_categorical_crossentropy").save(
        folder / "model.keras"
    )
    save_expected(folder, by_label(model.predict(frame.to_numpy(), verbose=0), names))


def train_multilabel():
    """Several outputs by name, in another order than the labels are requested in."""
    folder = FOLDER / "keras_multilabel"
    frame, _, _ = read_data(load_wine, folder)
    target = {
        name: frame[column] > frame[column].median()
        for name, column in (("strong", "alcohol"), ("dark", "color_intensity"))
    }
    start = keras.Input((frame.shape[1],))
    inner = layers.Dense(8, "relu")(scaled(frame)(start))
    model = keras.Model(start, {name: layers.Dense(1, "sigmoid", name=name)(inner) for name in target})
    fit(
        model,
        frame.to_numpy(),
        {name: one.to_numpy().astype("float32") for name, one in target.items()},
        "binary_crossentropy",
    )
    model.save(folder / "model.keras")
    got = model.predict(frame.to_numpy(), verbose=0)
    rows = zip(got["strong"][:, 0], got["dark"][:, 0])
    save_expected(folder, by_label(rows, ["strong", "dark"]))


def train_anomaly():
    """The last layer is the code directory's own, registered by custom.py."""
    folder = FOLDER / "keras_anomaly"
    frame, _, _ = read_data(load_wine, folder)
    spec = importlib.util.spec_from_file_location("custom", folder / "custom.py")
    custom = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(custom)
    start = keras.Input((frame.shape[1],))
    features = scaled(frame)(start)
    again = layers.Dense(frame.shape[1])(layers.Dense(3, "tanh")(features))
    model = keras.Model(start, custom.Strangeness()([features, again]))
    fit(model, frame.to_numpy(), frame["hue"].to_numpy() * 0, "mae").save(folder / "model.keras")
    save_expected(folder, numbers(model.predict(frame.to_numpy(), verbose=0)))


def train_columns():
    """An input for each column, one of them text."""
    folder = FOLDER / "keras_columns"
    data = load_wine(as_frame=True)
    frame = data.data[["hue", "alcohol"]].assign(
        colour=pd.cut(data.data["color_intensity"], [0, 4, 20], labels=["light", "dark"]).astype(str)
    )
    folder.mkdir(exist_ok=True)
    frame[["colour", "alcohol", "hue"]].to_csv(folder / "input.csv", index=False, lineterminator="\n")
    inputs = {
        name: keras.Input((1,), name=name, dtype="string" if name == "colour" else "float32")
        for name in frame
    }
    colours = layers.StringLookup(vocabulary=["light", "dark"], output_mode="one_hot")(inputs["colour"])
    inner = layers.Concatenate()([inputs["hue"], inputs["alcohol"], colours])
    model = keras.Model(inputs, layers.Dense(1)(layers.Dense(8, "relu")(inner)))
    columns = {
        name: keras.ops.convert_to_tensor(
            frame[[name]].to_numpy(dtype=object if name == "colour" else "float32")
        )
        for name in frame
    }
    fit(model, columns, data.target.to_numpy(), "mse").save(folder / "model.keras")
    save_expected(folder, numbers(model.predict(columns, verbose=0)[:, 0]))


if __name__ == "__main__":
    for train in (
        train_regression,
        train_binary,
        train_multiclass,
        train_multilabel,
        train_anomaly,
        train_columns,
    ):
        keras.utils.set_random_seed(SEED)
        train()
