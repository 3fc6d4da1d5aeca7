"""Units merged, split, moved and closed: what it would do to people and talks, and doing it."""
