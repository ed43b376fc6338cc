"""Makes code directories for a hub in the folder of the argument, from scikit-learn's own data."""

import sys
from pathlib import Path

import joblib
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

BINARY = """\
targetType: binary
inferenceModel:
  positiveClassLabel: malignant
  negativeClassLabel: benign
"""

folder = Path(sys.argv[1])


def save(name, model, metadata):
    place = folder / name
    place.mkdir()
    joblib.dump(model, place / "model.joblib")
    (place / "model-metadata.yaml").write_text(metadata)


data = load_breast_cancer(as_frame=True)
few, many = data.data.iloc[:, :5], data.data.iloc[:, :8]
labels = data.target.map({0: "malignant", 1: "benign"})
save("tree", DecisionTreeClassifier(max_depth=3, random_state=0).fit(few, labels), BINARY)
save("linear", make_pipeline(StandardScaler(), LogisticRegression()).fit(few, labels), BINARY)
save("wide", DecisionTreeClassifier(max_depth=3, random_state=0).fit(many, labels), BINARY)
few.head(20).assign(application_id=range(100, 120)).to_csv(folder / "rows.csv", index=False)

data = load_diabetes(as_frame=True)
regression = DecisionTreeRegressor(max_depth=3, random_state=0).fit(data.data, data.target)
save("regression", regression, "targetType: regression\n")

(folder / "broken").mkdir()
(folder / "broken" / "custom.py").write_text(
    "import nothing_of_this_name\n\ndef score(data, model):\n    return data\n"
)
(folder / "broken" / "model-metadata.yaml").write_text(BINARY)
