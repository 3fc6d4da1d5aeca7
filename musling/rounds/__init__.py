"""A period's talks of one kind: planned once, opened for everybody, followed to the end."""
