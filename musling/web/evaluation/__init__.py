"""Answering how a round went, and HR's page of what came of it."""
