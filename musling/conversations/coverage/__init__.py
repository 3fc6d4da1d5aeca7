"""Coverage: how many are offered and hold their talk in a year. Counts of persons, no content.

``standing`` says what a person counts as, ``counting`` keeps the sums up to date, ``access`` says
who sees them, ``queries`` reads a page of them, ``report`` folds small units in for a committee.
Why it is kept as sums: docs/decisions/0021-coverage.md.
"""
