#!/usr/bin/env bash
# Deleting nothing from an unset message of protobuf sets it
#
# Guess:   `del message.meta.metrics[:]` on a message without meta changes nothing: reading a field that is not set never sets
#          it, and there is nothing to delete.
# Happens: afterwards the message has the meta, and writes two bytes for it. Reading the list, its length and a slice of it do not
#          set it.
# Matters: HasField("meta") is how code of Seldon's and other protobuf APIs tells a request with meta from one without. A node that
#          clears the metrics of every message on its way gives all of them a meta; two messages that were equal are not any more.
# Version: protobuf 7.36.2, and 3.20.3, which seldon-core 1.18.2 pins
# Seen:    absent before, after len() and after a slice; present after del, serialized as 0a00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >try.py <<'END'
import sys

import google.protobuf
from google.protobuf import descriptor_pb2, descriptor_pool

try:
    from google.protobuf.message_factory import GetMessageClass
except ImportError:  # before protobuf 4.22
    from google.protobuf.message_factory import MessageFactory

    def GetMessageClass(descriptor):
        return MessageFactory().GetPrototype(descriptor)


field = descriptor_pb2.FieldDescriptorProto
file = descriptor_pb2.FileDescriptorProto(name="finding.proto", package="finding", syntax="proto3")
meta = file.message_type.add(name="Meta")
meta.field.add(name="metrics", number=1, type=field.TYPE_STRING, label=field.LABEL_REPEATED)
outer = file.message_type.add(name="Message")
outer.field.add(
    name="meta", number=1, type=field.TYPE_MESSAGE, type_name=".finding.Meta", label=field.LABEL_OPTIONAL
)
pool = descriptor_pool.DescriptorPool()
pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
Message = GetMessageClass(pool.FindMessageTypeByName("finding.Message"))

message = Message()
seen = [message.HasField("meta")]
len(message.meta.metrics)
seen.append(message.HasField("meta"))
message.meta.metrics[:]
seen.append(message.HasField("meta"))
del message.meta.metrics[:]
seen.append(message.HasField("meta"))
print(
    "seen:      protobuf %s: meta is there at first, after len, after a slice, after del: %s; serialized %r"
    % (google.protobuf.__version__, seen, message.SerializeToString().hex())
)
sys.exit(0 if seen == [False, False, False, True] else 1)
END
python3 -m venv new
new/bin/pip install --quiet protobuf==7.36.2
python3 -m venv old
old/bin/pip install --quiet protobuf==3.20.3
echo "guess:     deleting nothing from an unset message leaves it unset"
echo "behaviour: it becomes present"
new/bin/python try.py
old/bin/python try.py
