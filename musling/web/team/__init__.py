"""The leader's team."""
