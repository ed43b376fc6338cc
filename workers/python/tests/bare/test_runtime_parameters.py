"""Runtime parameters and user secrets, as the worker hands them to user code."""

import os
import subprocess
import sys
import unittest
from unittest.mock import patch

from datarobot_drum import CustomHTTPError, RuntimeParameters, UserSecrets

from .. import WORKER


class RuntimeParametersOfAModel(unittest.TestCase):
    def test_a_value_comes_as_it_was_given(self):
        credential = {"credentialType": "basic", "username": "u", "password": None}
        for value in ("text", "", True, False, 5, -0.25, credential, None):
            with self.subTest(value=value), patch.object(
                RuntimeParameters, "given", {"KEY": {"value": value}}
            ):
                self.assertTrue(RuntimeParameters.has("KEY"))
                self.assertIs(RuntimeParameters.get("KEY"), value)

    def test_one_that_is_not_as_it_must_be_is_told_when_it_is_asked_for(self):
        with patch.object(RuntimeParameters, "given", {"KEY": {"error": "what is wrong"}}):
            self.assertTrue(RuntimeParameters.has("KEY"))
            with self.assertRaisesRegex(ValueError, "^what is wrong$"):
                RuntimeParameters.get("KEY")

    def test_what_is_not_set_is_told_by_name(self):
        self.assertFalse(RuntimeParameters.has("NOT_SET"))
        with self.assertRaisesRegex(ValueError, '^the runtime parameter "NOT_SET" is not set; define it'):
            RuntimeParameters.get("NOT_SET")

    def test_user_code_may_set_one_itself(self):
        with patch.dict(os.environ, {"MLOPS_RUNTIME_PARAM_OWN": '{"type": "numeric", "payload": 5}'}):
            self.assertTrue(RuntimeParameters.has("OWN"))
            self.assertEqual(RuntimeParameters.get("OWN"), 5)

    def test_a_process_of_user_code_finds_them(self):
        code = "from datarobot_drum import RuntimeParameters; print(RuntimeParameters.get('KEY'))"
        variables = {
            "MLOPS_RUNTIME_PARAM_KEY": '{"type": "string", "payload": "text"}',
            "PYTHONPATH": os.path.join(WORKER, "site"),
        }
        printed = subprocess.check_output([sys.executable, "-c", code], env={**os.environ, **variables})
        self.assertEqual(printed.decode().strip(), "text")


class UserSecretsOfAModel(unittest.TestCase):
    def test_a_secret_is_a_dict_whose_fields_are_attributes(self):
        given = {"credential_type": "basic", "username": "u", "password": "p"}
        with patch.object(UserSecrets, "given", {"db": given}):
            self.assertTrue(UserSecrets.has("db"))
            secret = UserSecrets.get("db")
            self.assertEqual(secret, given)
            self.assertEqual((secret["username"], secret.password, dict(secret)), ("u", "p", given))
            with self.assertRaisesRegex(
                AttributeError, "no field token, only credential_type, username, password"
            ):
                _ = secret.token

    def test_it_shows_no_value_when_it_is_printed(self):
        with patch.object(UserSecrets, "given", {"db": {"credential_type": "basic", "password": "hush"}}):
            secret = UserSecrets.get("db")
            for text in (str(secret), repr(secret), "%s" % secret, repr([secret])):
                self.assertIn("Secret(credential_type=*****, password=*****)", text)

    def test_what_is_not_set_is_told_by_name(self):
        self.assertFalse(UserSecrets.has("db"))
        with self.assertRaisesRegex(ValueError, '^the user secret "db" is not set; mount it'):
            UserSecrets.get("db")


class CustomHttpErrors(unittest.TestCase):
    def test_it_has_its_words_and_status(self):
        error = CustomHTTPError("no such customer", 404)
        self.assertEqual((str(error), error.status_code), ("no such customer", 404))

    def test_the_arguments_may_be_named(self):
        error = CustomHTTPError(message="teapot", status_code=418)
        self.assertEqual((str(error), error.status_code), ("teapot", 418))
