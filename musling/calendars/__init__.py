"""When people can meet: own working hours, busy times read from an own calendar, and the feed."""
