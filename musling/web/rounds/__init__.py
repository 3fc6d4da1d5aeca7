"""HR plans, opens and follows a round; leaders do their part in it."""
