"""Before and after the R model: it was fitted on pounds, horsepower, cubic inches and miles per gallon,
and the data are metric.
"""

import pandas as pd

POUNDS = 0.45359237
HORSEPOWER = 0.745699872
CUBIC_INCH = 16.387064
LITRES_PER_100_KM = 235.214583


def transform(data, model):
    return pd.DataFrame(
        {
            "wt": data["weight_kg"] / POUNDS / 1000,
            "hp": data["power_kw"] / HORSEPOWER,
            "disp": data["displacement_cc"] / CUBIC_INCH,
        }
    )


def post_process(predictions, model):
    return LITRES_PER_100_KM / predictions
