"""Danish: 1. december 2026 kl. 10.00."""

DATE_FORMAT = "j. F Y"
TIME_FORMAT = "H.i"
DATETIME_FORMAT = r"j. F Y \k\l. H.i"
MONTH_DAY_FORMAT = "j. F"
# Ours: with the day of the week; as short as a column needs.
WEEKDAY_FORMAT = "l j. F Y"
SHORT_DAY_FORMAT = "j. N"
