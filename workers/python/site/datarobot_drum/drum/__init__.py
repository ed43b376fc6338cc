"""What hooks written for DRUM import from its modules."""
