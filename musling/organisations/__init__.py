"""The tenant, its tree of units and its settings."""
