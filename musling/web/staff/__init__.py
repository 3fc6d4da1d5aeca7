"""HR: people, units, import, support."""
