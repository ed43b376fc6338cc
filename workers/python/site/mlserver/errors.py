"""Errors that a model answers with: the HTTP status stands beside the words."""


class MLServerError(Exception):
    """An answer with `status_code` instead of tensors."""

    def __init__(self, msg, status_code=400):
        super().__init__(msg)
        self.status_code = status_code


class InvalidModelURI(MLServerError):
    """There is no file or folder at parameters.uri."""

    def __init__(self, name, model_uri=None):
        place = " (%s)" % model_uri if model_uri else ""
        super().__init__("Invalid URI specified for model %s%s" % (name, place), 422)


class ModelNotFound(MLServerError):
    """The server has no such model, or no such version of it."""

    def __init__(self, name, version=None):
        super().__init__("Model %s not found" % named(name, version), 404)


class ModelNotReady(MLServerError):
    """The model is not loaded yet."""

    def __init__(self, name, version=None):
        super().__init__("Model %s is not ready yet." % named(name, version))


class InferenceError(MLServerError):
    """The request is not one that the model answers."""

    def __init__(self, msg):
        super().__init__(msg, 400)


class ModelParametersMissing(MLServerError):
    """The settings have no parameters."""

    def __init__(self, model_name):
        super().__init__("Parameters missing for model %s" % model_name)


def named(name, version):
    return name if version is None else "%s with version %s" % (name, version)
