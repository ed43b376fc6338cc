#!/usr/bin/env bash
# A one-hot encoder of numbers takes every text for an unknown category, an encoder of texts breaks on numbers
#
# Guess:   OneHotEncoder(handle_unknown="ignore") treats "1" for 1 and 1 for "1" alike: both match, or both are refused.
# Happens: fitted on the numbers 1 to 3 it encodes the texts "1" to "3" as rows of zeros. Fitted on the texts it raises
#          TypeError for the numbers, with words about `isnan` that name neither the column nor the category.
# Matters: one odd cell turns a column of numbers into a column of texts. Every row of that request then loses the
#          feature, the rows without the odd cell too, and the predictions still look plausible.
# Version: scikit-learn 1.9.1
# Seen:    texts for numbers [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], numbers for texts TypeError, 1.0 for 1 [[1.0, 0.0, 0.0]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
venv/bin/python - <<'END'
import sys
import warnings

import pandas as pd
import sklearn
from sklearn.preprocessing import OneHotEncoder


def encoder(values):
    return OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(pd.DataFrame({"branch": values}))


warnings.simplefilter("ignore")  # It warns of unknown categories, in the same words for one cell and for all.
of_numbers, of_texts = encoder([1, 2, 3]), encoder(["1", "2", "3"])
zeros = of_numbers.transform(pd.DataFrame({"branch": ["1", "2"]})).tolist()
floats = of_numbers.transform(pd.DataFrame({"branch": [1.0]})).tolist()
try:
    raised = str(of_texts.transform(pd.DataFrame({"branch": [1, 2]})).tolist())
except TypeError as error:
    raised = "TypeError: %s" % str(error)[:30]
print("scikit-learn", sklearn.__version__)
print("guess:     text for number and number for text are treated alike")
print("behaviour: the one is encoded as nothing, the other breaks")
print("seen:      texts for numbers %s, numbers for texts %s, 1.0 for 1 %s" % (zeros, raised, floats))
same = zeros == [[0.0, 0.0, 0.0]] * 2 and floats == [[1.0, 0.0, 0.0]] and raised.startswith("TypeError")
sys.exit(0 if same else 1)
END
