"""A class whose `predict` takes its inputs as arguments."""

from typing import List

import numpy as np
from mlserver import MLModel
from mlserver.codecs import decode_args


class Repeated(MLModel):
    """Multiplies numbers by the length of a text."""

    @decode_args
    async def predict(self, word: List[str], numbers: np.ndarray) -> np.ndarray:
        return numbers * len(word[0])
