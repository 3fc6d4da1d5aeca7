"""Retention, subject access and backups (the next issue): knows all the data there is."""
