"""What classes written for MLServer import, for environments without it."""

from .metrics import log, register
from .model import MLModel
from .settings import ModelSettings, Settings

__version__ = "1.7.1"
__all__ = ["MLModel", "ModelSettings", "Settings", "__version__", "log", "register"]
