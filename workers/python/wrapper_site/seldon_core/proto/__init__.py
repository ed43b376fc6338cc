"""The messages of gRPC, for classes with methods for whole messages."""
