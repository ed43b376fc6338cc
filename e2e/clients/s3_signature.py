"""The Authorization header that AWS' own library makes for a request: JSON with method, url, headers,
region and credentials on stdin.
"""

import json
import sys

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

asked = json.load(sys.stdin)
signed = asked["headers"]
request = AWSRequest(method=asked["method"], url=asked["url"], headers={"Host": signed["host"]})
auth = S3SigV4Auth(Credentials(*asked["credentials"]), "s3", asked["region"])
request.context["timestamp"] = signed["x-amz-date"]
request.headers["X-Amz-Date"] = signed["x-amz-date"]
request.headers["X-Amz-Content-SHA256"] = signed["x-amz-content-sha256"]
if "x-amz-security-token" in signed:
    request.headers["X-Amz-Security-Token"] = signed["x-amz-security-token"]
signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
names = auth.signed_headers(auth.headers_to_sign(request))
print(
    "AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s"
    % (auth.scope(request), names, signature),
    end="",
)
