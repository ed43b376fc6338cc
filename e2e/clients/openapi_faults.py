"""Prints what the schema of OpenAPI 3.0 finds wrong in the document of standard input, one fault a line."""

import json
import sys

import jsonschema_rs
from schemathesis.specs.openapi.definitions import OPENAPI_30

for fault in jsonschema_rs.validator_for(OPENAPI_30).iter_errors(json.load(sys.stdin)):
    print(fault.instance_path, fault.message)
