"""The core task: for everybody to read, for HR and units' leaders to word."""
