"""How long what is kept: for everybody to read, for HR to set."""
