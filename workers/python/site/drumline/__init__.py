"""RuntimeParameters and UserSecrets, which user code reads its settings from.

The worker fills them in before it reads the hook file.
"""

import json
import os

__all__ = ["RuntimeParameters", "UserSecrets"]


class RuntimeParameters:
    """Values of the runtime parameters that model-metadata.yaml defines."""

    PREFIX = "MLOPS_RUNTIME_PARAM_"
    given = {}  # name to {"value": …} or {"error": text}

    @classmethod
    def has(cls, key):
        """Whether the parameter is set."""
        return key in cls.given or cls.PREFIX + key in os.environ

    @classmethod
    def get(cls, key):
        """The value: a str, bool, int, float, dict (credentials) or None.

        Raises ValueError when the parameter is not set, or its value does not fit its type.
        """
        if key in cls.given:
            if "error" in cls.given[key]:
                raise ValueError(cls.given[key]["error"])
            return cls.given[key]["value"]
        if not cls.has(key):
            raise ValueError(
                'the runtime parameter "%s" is not set; define it in model-metadata.yaml, or ask has() first'
                % key
            )
        # Set by user code itself, or asked for in a process that user code has started.
        return json.loads(os.environ[cls.PREFIX + key])["payload"]


class UserSecrets:
    """Secrets that --user-secrets-mount-path and --user-secrets-prefix bring."""

    given = {}

    @classmethod
    def has(cls, key):
        """Whether the secret is set."""
        return key in cls.given

    @classmethod
    def get(cls, key):
        """The secret, a dict with `credential_type` whose fields are attributes too.

        Raises ValueError when it is not set.
        """
        if key not in cls.given:
            raise ValueError('the user secret "%s" is not set; mount it, or ask has() first' % key)
        given = cls.given[key]
        return SECRETS.get(str(given.get("credential_type")).lower(), Secret)(given)


class Secret(dict):
    """A dict that shows no value when it is printed."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError("the secret has no field %s, only %s" % (name, ", ".join(self))) from None

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=*****" % name for name in self))


# By credential_type, under the names that DRUM has for them.
SECRETS = {
    word: type(name, (Secret,), {})
    for word, name in {
        "basic": "BasicSecret",
        "oauth": "OauthSecret",
        "gcp": "GCPSecret",
        "s3": "S3Secret",
        "azure": "AzureSecret",
        "azure_service_principal": "AzureServicePrincipalSecret",
        "snowflake_oauth_user_account": "SnowflakeOauthUserAccountSecret",
        "snowflake_key_pair_user_account": "SnowflakeKeyPairUserAccountSecret",
        "adls_gen2_oauth": "AdlsGen2OauthSecret",
        "tableau_access_token": "TableauAccessTokenSecret",
        "databricks_access_token_account": "DatabricksAccessTokenAccountSecret",
        "api_token": "ApiTokenSecret",
    }.items()
}
