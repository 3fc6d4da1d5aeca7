"""The page that says who can see what."""
