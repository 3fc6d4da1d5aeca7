"""One talk for all of a person's employments, as the person asks and the leaders agree."""
