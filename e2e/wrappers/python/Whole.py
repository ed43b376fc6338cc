# Takes and returns whole messages.


class Whole:
    def predict_raw(self, message):
        if "strData" in message:
            return {"status": {"code": 202}, "strData": message["strData"]}
        return {
            "data": {"ndarray": [[1, "a"]]},
            "meta": {"metrics": [{"type": "COUNTER", "key": "raw", "value": 2}]},
        }

    def transform_input_raw(self, message):
        return {"jsonData": message}

    def route_raw(self, message):
        return {"data": {"ndarray": [[2]]}}

    def aggregate_raw(self, messages):
        return {"jsonData": {"count": len(messages)}}

    def health_status_raw(self):
        return {"strData": "fine"}
