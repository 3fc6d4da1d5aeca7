"""How a round went, asked of those who took part; no answer has a name, anywhere (C4, T10).

How that is done and against whom it holds: docs/decisions/0020-evaluation.md.
"""
