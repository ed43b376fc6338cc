"""The exception with which a method chooses the HTTP status of its error."""


class SeldonMicroserviceException(Exception):
    """`status_code` is the HTTP status, `reason` a word for programs."""

    status_code = 400

    def __init__(self, message, status_code=None, payload=None, reason="MICROSERVICE_BAD_DATA"):
        super().__init__(message)
        self.message = message
        self.payload = payload
        self.reason = reason
        if status_code is not None:
            self.status_code = status_code

    def to_dict(self):
        """The body of the error."""
        return {"status": {"status": 1, "info": self.message, "code": -1, "reason": self.reason}}
