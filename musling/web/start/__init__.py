"""The front door, start pages, language, hide."""
