"""How dates and times are written, per language; found by Django through FORMAT_MODULE_PATH.

Templates and code name a format (``|date:"WEEKDAY_FORMAT"``) and never spell one out.
"""
