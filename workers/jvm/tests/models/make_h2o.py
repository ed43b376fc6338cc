"""Trains the H2O models of this folder on scikit-learn's data sets, and stores what H2O itself predicts with
them.

    python make_h2o.py      (Python with h2o 3.46.0.7, scikit-learn and pandas, and a java on PATH)

Later versions of h2o export models only with a licence. Every model gets a folder with the exported MOJO
(.zip) or POJO (.java), input.csv, and expected.csv, whose columns are named like H2O's own output.
"""

import os
import shutil
import zipfile

import h2o
from h2o.estimators import (
    H2OGeneralizedLinearEstimator,
    H2OGradientBoostingEstimator,
    H2OIsolationForestEstimator,
    H2OXGBoostEstimator,
)
from sklearn import datasets

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 25  # in input.csv


def diabetes():
    data = datasets.load_diabetes(as_frame=True, scaled=False).frame.round(4)
    data["sex"] = data["sex"].map({1: "f", 2: "m"})
    return data, "target"


def cancer():
    data = datasets.load_breast_cancer(as_frame=True).frame.iloc[:, [0, 1, 2, 3, 4, 30]]
    data["target"] = data["target"].map({0: "malignant", 1: "benign"})
    return data, "target"


def iris():
    data = datasets.load_iris(as_frame=True).frame
    data["target"] = data["target"].map(dict(enumerate(["setosa", "versicolor", "virginica"])))
    return data, "target"


def wine():
    data = datasets.load_wine(as_frame=True).frame.iloc[:, [0, 1, 2, 6, 9, 13]]
    # A code that looks like a number with a leading zero, and is none: the model has to see it as it is
    # written.
    data["code"] = data["alcohol"].map(lambda value: "00%d" % (int(value) % 3))
    return data, "target"


def train(name, estimator, data, kinds=(), pojo=False):
    frame, target = data
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    types = {
        column: "enum" for column in frame.columns if frame[column].dtype.kind not in "if" or column in kinds
    }
    hex_frame = h2o.H2OFrame(frame, column_types=types)
    inputs = [column for column in frame.columns if column != target]
    if isinstance(estimator, H2OIsolationForestEstimator):
        estimator.train(x=inputs, training_frame=hex_frame)
    else:
        estimator.train(x=inputs, y=target, training_frame=hex_frame)
    if pojo:
        estimator.download_pojo(folder, get_genmodel_jar=False)
    else:
        keep_model(estimator.download_mojo(folder), os.path.join(folder, "model.zip"))
    sample = frame[inputs].iloc[:: max(1, len(frame) // ROWS)].head(ROWS).reset_index(drop=True)
    sample.iloc[3, 0] = None
    sample.to_csv(os.path.join(folder, "input.csv"), index=False)
    predicted = estimator.predict(
        h2o.H2OFrame(sample, column_types={column: types[column] for column in inputs if column in types})
    )
    predicted.as_data_frame().to_csv(os.path.join(folder, "expected.csv"), index=False)


def keep_model(made, path):
    """Without the report of the training, which tells of the machine and which no reader needs."""
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if not name.startswith("experimental/"):
                target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    os.remove(made)


def main():
    h2o.init(nthreads=2, max_mem_size="1g", bind_to_localhost=True)
    try:
        small = {"ntrees": 8, "max_depth": 4, "seed": 1}
        train("h2o_mojo_regression", H2OGradientBoostingEstimator(**small), diabetes())
        train("h2o_mojo_binary", H2OGeneralizedLinearEstimator(family="binomial"), cancer())
        train("h2o_mojo_multiclass", H2OGradientBoostingEstimator(**small), iris())
        train(
            "h2o_mojo_code",
            H2OGradientBoostingEstimator(distribution="gaussian", **small),
            wine(),
            kinds=["code"],
        )
        train("h2o_mojo_anomaly", H2OIsolationForestEstimator(ntrees=8, max_depth=5, seed=1), iris())
        train("h2o_mojo_xgboost", H2OXGBoostEstimator(ntrees=8, max_depth=3, seed=1), diabetes())
        train(
            "h2o_pojo_regression",
            H2OGradientBoostingEstimator(model_id="DiabetesGbm", **small),
            diabetes(),
            pojo=True,
        )
        train(
            "h2o_pojo_multiclass",
            H2OGradientBoostingEstimator(model_id="IrisGbm", ntrees=3, max_depth=3, seed=1),
            iris(),
            pojo=True,
        )
    finally:
        h2o.cluster().shutdown()


if __name__ == "__main__":
    main()
