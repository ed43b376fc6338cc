"""What schemathesis does not know by itself: how a body of JSON lines is sent."""

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")
