"""The one list of what runs by itself, and what it calls."""
