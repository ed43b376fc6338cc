"""What user code imports from datarobot_drum. A really installed datarobot_drum comes before this one."""

from drumline import RuntimeParameters, UserSecrets

from .drum.exceptions import CustomHTTPError

__all__ = ["CustomHTTPError", "RuntimeParameters", "UserSecrets"]
