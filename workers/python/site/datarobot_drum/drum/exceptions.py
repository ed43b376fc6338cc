"""Exceptions of DRUM that hooks raise or catch."""

HTTP_BAD_REQUEST = 400


class DrumException(Exception):
    pass


class DrumCommonException(DrumException):
    pass


class DrumFormatSchemaException(DrumException):
    pass


class DrumPerfTestOOM(DrumException):
    pass


class DrumPerfTestTimeout(DrumException):
    pass


class DrumRootComponentException(DrumException):
    pass


class DrumPredException(DrumException):
    pass


class DrumSchemaValidationException(DrumException):
    pass


class DrumTransformException(DrumException):
    pass


class DrumSerializationError(DrumException):
    pass


class UnrecoverableError(DrumException):
    pass


class UnrecoverableConfigurationError(UnrecoverableError):
    pass


class BaseCustomUserError(Exception):
    pass


class CustomHTTPError(BaseCustomUserError):
    """Raised in a hook, it chooses the HTTP status and the words of the answer."""

    def __init__(self, message="the model refused the request", status_code=HTTP_BAD_REQUEST):
        super().__init__(message)
        self.status_code = status_code


class ModelError(DrumException):
    """Raised in a hook, it chooses the HTTP status and the words of the answer."""

    def __init__(self, message="the model refused the request", status_code=400):
        super().__init__(message)
        self.status_code = status_code
