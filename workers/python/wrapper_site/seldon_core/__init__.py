"""What wrapper classes import of seldon-core, for environments without it."""
