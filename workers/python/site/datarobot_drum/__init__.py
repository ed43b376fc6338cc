"""What user code imports from datarobot_drum. A really installed datarobot_drum comes before this one."""

from drumline import RuntimeParameters, UserSecrets

__all__ = ["CustomHTTPError", "RuntimeParameters", "UserSecrets"]


class CustomHTTPError(Exception):
    """Raised in a hook, it chooses the HTTP status and the words of the answer."""

    def __init__(self, message="the model refused the request", status_code=400):
        super().__init__(message)
        self.status_code = status_code
