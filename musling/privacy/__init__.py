"""Retention and subject access: knows all the data there is, to keep, hand out and destroy it."""
