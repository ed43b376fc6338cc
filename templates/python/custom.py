"""The hooks of the model. What stands here is an example that works: put your own in its place."""

# only: unstructured
import json

# end
# only: textgeneration vectordatabase agenticworkflow
import re

# end
# not: unstructured
import pandas as pd

# end
# only: regression anomaly binary multiclass multilabel

def load_model(code_dir):
    """Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute path."""
    return {"intercept": 1.0, "weights": {"size": 0.05, "rooms": 0.5, "age": -0.02}}


def rule(data, model):
    """One number a row: each column times its weight; a missing value adds nothing."""
    weights = pd.Series(model["weights"])
    return model["intercept"] + (numbers(data, weights.index).fillna(0) * weights).sum(axis=1)

# end
# only: regression anomaly binary multiclass multilabel geopoint transform

def numbers(data, names):
    """These columns. Fails where one is absent or no number."""
    columns = data[list(names)]
    texts = [name for name in columns if not pd.api.types.is_numeric_dtype(columns[name])]
    if texts:
        raise ValueError("no numbers are in %s" % ", ".join(texts))
    return columns.astype(float)

# end
# only: binary multiclass multilabel

def share(data, model):
    """The rule between 0 and 1."""
    value = rule(data, model)
    return 0.5 + value / (1 + value.abs()) / 2

# end
# only: regression

def score(data, model, **kwargs):
    """data: a DataFrame with a row for each to predict. Returns a DataFrame with as many rows and the column Predictions."""
    return pd.DataFrame({"Predictions": rule(data, model)})

# end
# only: anomaly

def score(data, model, **kwargs):
    """data: a DataFrame. Returns a DataFrame with as many rows and the column Predictions: the higher, the odder the row."""
    return pd.DataFrame({"Predictions": rule(data, model).abs()})

# end
# only: binary

def score(data, model, positive_class_label, negative_class_label, **kwargs):
    """data: a DataFrame. Returns a DataFrame with as many rows and a column for each label; a row adds up to 1."""
    positive = share(data, model)
    return pd.DataFrame({positive_class_label: positive, negative_class_label: 1 - positive})

# end
# only: multiclass

def score(data, model, class_labels, **kwargs):
    """data: a DataFrame. Returns a DataFrame with as many rows and a column for each label; a row adds up to 1."""
    part, last = share(data, model), len(class_labels) - 1
    table = pd.DataFrame({label: part**at * (1 - part) ** (last - at) for at, label in enumerate(class_labels)})
    return table.div(table.sum(axis=1), axis=0)

# end
# only: multilabel

def score(data, model, class_labels, **kwargs):
    """data: a DataFrame. Returns a DataFrame with as many rows and a column for each label, each between 0 and 1 by itself."""
    part = share(data, model)
    return pd.DataFrame({label: part ** (at + 1) for at, label in enumerate(class_labels)})

# end
# only: textgeneration vectordatabase agenticworkflow

def load_model(code_dir):
    """Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute path."""
    return ["We open at nine and close at six.", "You may return a thing within thirty days.", "We deliver from Monday to Friday."]


def words(text):
    return set(re.findall("[a-z]+", text.lower()))


def answer(question, notes):
    """The note that has the most words of the question; of several the first."""
    return max(notes, key=lambda note: len(words(note) & words(question)))


def score(data, model, **kwargs):
    """data: a DataFrame, here with the column question. Returns a DataFrame with as many rows and one column of text."""
    questions = ["" if pd.isna(question) else str(question) for question in data["question"]]
    return pd.DataFrame({"answer": [answer(question, model) for question in questions]})

# end
# only: geopoint

def load_model(code_dir):
    """Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute path."""
    return {"longitude": 10.0, "latitude": 50.0}


def score(data, model, **kwargs):
    """data: a DataFrame. Returns a DataFrame with as many rows and the column Predictions, a point as text."""
    given = numbers(data, model).fillna(model)
    # Between where the row is and where the model is; a missing value is where the model is.
    halfway = (given + pd.Series(model)) / 2
    return pd.DataFrame({"Predictions": ["POINT (%.4f %.4f)" % tuple(point) for point in halfway.to_numpy()]})

# end
# only: transform

def load_model(code_dir):
    """Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute path."""
    return {"columns": ["size", "rooms", "age"], "factor": 2.0}


def transform(data, model):
    """data: a DataFrame. Returns a DataFrame with as many rows, whose columns should not depend on which rows came."""
    return numbers(data, model["columns"]).fillna(0) * model["factor"]

# end
# only: unstructured

def load_model(code_dir):
    """Called once; what it returns is given to the other hooks. Usually it reads a file of code_dir, an absolute path."""
    return {"longest": 20}


def score_unstructured(model, data, mimetype=None, charset=None, query=None, headers=None):
    """data: text where the media type is text or JSON, else bytes. Returns text, bytes or None, alone or with its media type."""
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    lines = text.splitlines()
    answer = {"lines": len(lines), "words": len(text.split()), "long": sum(len(line) > model["longest"] for line in lines)}
    return json.dumps(answer), {"mimetype": "application/json", "charset": "utf8"}

# end

# Further hooks. Take the comment signs away from those that the model needs.
#
# def init(code_dir):
#     """Called once, before load_model; what it returns is ignored."""
# not: unstructured
#
# def read_input_data(data):
#     """data: the body of the request as bytes. Returns the DataFrame that the other hooks get, in place of reading CSV."""
#     import io
#     return pd.read_csv(io.BytesIO(data))
# end
# not: unstructured transform
#
# def transform(data, model):
#     """data: the DataFrame as it was read. Returns the one that score gets."""
#     return data
#
# def post_process(predictions, model):
#     """predictions: what score returned, checked and with its columns named. Returns a DataFrame of the same form."""
#     return predictions
# end
# only: textgeneration
#
# def chat(completion_create_params, model):
#     """completion_create_params: the request of OpenAI's chat API, a dict. Returns a completion, or an iterator over its chunks."""
#     question = completion_create_params["messages"][-1]["content"]
#     message = {"role": "assistant", "content": answer(question, model)}
#     return {"object": "chat.completion", "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
# end
