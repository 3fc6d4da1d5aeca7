"""Competence plans, courses and funds (a later issue)."""
