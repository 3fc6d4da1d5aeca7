"""A year's round, its places and progress (a later issue)."""
