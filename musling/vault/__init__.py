"""Keys and sealed text: seal, open, destroy."""
