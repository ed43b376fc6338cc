"""Finds the file of a saved model."""

import os
import uuid
from urllib.parse import urlparse

from .errors import InvalidModelURI


async def get_model_uri(settings, wellknown_filenames=()):
    """The path of the model: parameters.uri, or the first of the well-known files in it; a URL stays one.

    Raises InvalidModelURI.
    """
    given = settings.parameters and settings.parameters.uri
    if not given:
        raise InvalidModelURI(settings.name)
    url = urlparse(given, scheme="file")
    if url.scheme != "file":
        return given
    path = to_absolute_path(settings, url.path)
    if os.path.isdir(path):
        files = [os.path.join(path, name) for name in wellknown_filenames]
        return next(filter(os.path.isfile, files), path)
    if os.path.isfile(path):
        return path
    raise InvalidModelURI(settings.name, path)


def to_absolute_path(model_settings, uri):
    """Paths count from the folder of the settings file."""
    source = model_settings._source
    return uri if source is None else os.path.normpath(os.path.join(os.path.dirname(source), uri))


def generate_uuid():
    """A new id for a request."""
    return str(uuid.uuid4())
