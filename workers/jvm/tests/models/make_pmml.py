"""Writes PMML files from models that scikit-learn has fitted, and stores what scikit-learn itself predicts
with them.

    python make_pmml.py      (Python with scikit-learn and pandas)

A folder a model: model.pmml, input.csv, expected.csv.
"""

import os
from xml.sax.saxutils import quoteattr

import pandas as pd
from sklearn import datasets
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 25


def document(columns, target, labels, model):
    fields = [
        '<DataField name=%s optype="continuous" dataType="double"/>' % quoteattr(name) for name in columns
    ]
    values = "".join("<Value value=%s/>" % quoteattr(label) for label in labels)
    kind = 'optype="categorical" dataType="string"' if labels else 'optype="continuous" dataType="double"'
    fields.append("<DataField name=%s %s>%s</DataField>" % (quoteattr(target), kind, values))
    return """<?xml version="1.0" encoding="UTF-8"?>
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
<Header description="made by make_pmml.py"/>
<DataDictionary>%s</DataDictionary>
%s
</PMML>
""" % ("".join(fields), model)


def schema(columns, target):
    fields = "".join("<MiningField name=%s/>" % quoteattr(name) for name in columns)
    return '<MiningSchema>%s<MiningField name=%s usageType="target"/></MiningSchema>' % (
        fields,
        quoteattr(target),
    )


def output(labels):
    one = (
        '<OutputField name="probability(%s)" optype="continuous" dataType="double" '
        'feature="probability" value="%s"/>'
    )
    return "<Output>%s</Output>" % "".join(one % (label, label) for label in labels)


def equation(intercept, columns, coefficients, category=None):
    terms = "".join(
        "<NumericPredictor name=%s coefficient=%s/>" % (quoteattr(n), quoteattr(repr(float(c))))
        for n, c in zip(columns, coefficients)
    )
    to = "" if category is None else " targetCategory=%s" % quoteattr(category)
    return '<RegressionTable intercept="%r"%s>%s</RegressionTable>' % (float(intercept), to, terms)


def linear(columns, target, fitted):
    body = schema(columns, target) + equation(fitted.intercept_, columns, fitted.coef_)
    return '<RegressionModel functionName="regression">%s</RegressionModel>' % body


def logistic(columns, target, fitted):
    positive, negative = fitted.classes_[1], fitted.classes_[0]
    body = schema(columns, target) + output(fitted.classes_)
    body += equation(fitted.intercept_[0], columns, fitted.coef_[0], positive) + equation(0, [], [], negative)
    return (
        '<RegressionModel functionName="classification" normalizationMethod="logit">%s</RegressionModel>'
        % body
    )


def tree(columns, target, fitted):
    nodes = fitted.tree_

    def node(at, predicate):
        shares = nodes.value[at][0] / nodes.value[at][0].sum() * nodes.n_node_samples[at]
        best = fitted.classes_[shares.argmax()]
        counts = "".join(
            '<ScoreDistribution value="%s" recordCount="%r"/>' % (label, float(n))
            for label, n in zip(fitted.classes_, shares)
        )
        below = ""
        if nodes.children_left[at] >= 0:
            name, limit = quoteattr(columns[nodes.feature[at]]), repr(float(nodes.threshold[at]))
            below = node(
                nodes.children_left[at],
                '<SimplePredicate field=%s operator="lessOrEqual" value="%s"/>' % (name, limit),
            )
            below += node(
                nodes.children_right[at],
                '<SimplePredicate field=%s operator="greaterThan" value="%s"/>' % (name, limit),
            )
        return '<Node score="%s">%s%s%s</Node>' % (best, predicate, counts, below)

    body = schema(columns, target) + output(fitted.classes_) + node(0, "<True/>")
    return '<TreeModel functionName="classification" splitCharacteristic="binarySplit">%s</TreeModel>' % body


def write(name, frame, target, estimator, writer):
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    inputs = frame.drop(columns=target)
    fitted = estimator.fit(inputs.to_numpy(), frame[target])
    labels = list(getattr(fitted, "classes_", []))
    columns = list(inputs.columns)
    with open(os.path.join(folder, "model.pmml"), "w") as file:
        file.write(document(columns, target, labels, writer(columns, target, fitted)))
    sample = frame.iloc[:: max(1, len(frame) // ROWS)].head(ROWS).reset_index(drop=True)
    sample.to_csv(os.path.join(folder, "input.csv"), index=False)  # with the target, which does no harm
    values = sample.drop(columns=target).to_numpy()
    expected = (
        pd.DataFrame(fitted.predict_proba(values), columns=labels)
        if labels
        else pd.DataFrame({"Predictions": fitted.predict(values)})
    )
    expected.to_csv(os.path.join(folder, "expected.csv"), index=False)


def main():
    iris = datasets.load_iris(as_frame=True).frame
    iris["target"] = iris["target"].map(dict(enumerate(["setosa", "versicolor", "virginica"])))
    cancer = datasets.load_breast_cancer(as_frame=True).frame.iloc[:, [0, 1, 4, 30]]
    cancer["target"] = cancer["target"].map({0: "Malignant", 1: "Benign"})
    write(
        "pmml_regression", datasets.load_diabetes(as_frame=True).frame, "target", LinearRegression(), linear
    )
    write("pmml_binary", cancer, "target", LogisticRegression(max_iter=5000), logistic)
    write("pmml_multiclass", iris, "target", DecisionTreeClassifier(max_depth=4, random_state=0), tree)


if __name__ == "__main__":
    main()
