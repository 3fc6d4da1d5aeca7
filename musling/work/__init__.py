"""Long work: runs with a cursor, a lease and progress."""
