"""A text model without packages beyond pandas: the completion is the prompt backwards."""

import pandas as pd


def load_model(code_dir):
    return "mirror"


def score(data, model, **kwargs):
    return pd.DataFrame({"completion": [prompt[::-1] for prompt in data["prompt"]]})
