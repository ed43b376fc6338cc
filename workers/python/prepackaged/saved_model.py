"""What Seldon's prepackaged servers have in common: a folder with a saved model, and perhaps its metadata."""

import os


class SavedModel:
    """`model_uri` is a folder with one of `files`."""

    files = ()

    def __init__(self, model_uri):
        self.folder = model_uri

    def path(self):
        """The path of the model. Raises FileNotFoundError without one."""
        for file in self.files:
            path = os.path.join(self.folder, file)
            if os.path.exists(path):
                return path
        words = "%s has no model; expected one of %s"
        raise FileNotFoundError(words % (self.folder, ", ".join(self.files)))

    def init_metadata(self):
        """What metadata.yaml says, if the folder has it."""
        file = os.path.join(self.folder, "metadata.yaml")
        if not os.path.exists(file):
            return {}
        import yaml

        with open(file, encoding="utf-8") as stream:
            return yaml.safe_load(stream)
