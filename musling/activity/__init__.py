"""Who did or read what, when: one append-only log with ids only, no foreign keys."""
