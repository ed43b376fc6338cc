"""A class that works on data frames."""

from mlserver import MLModel
from mlserver.codecs import PandasCodec


class Framed(MLModel):
    """Adds the number of each row."""

    async def predict(self, payload):
        frame = self.decode_request(payload, default_codec=PandasCodec)
        frame["row"] = range(len(frame))
        return self.encode_response(frame, default_codec=PandasCodec)
