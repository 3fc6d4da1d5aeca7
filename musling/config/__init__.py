"""Settings read from the environment, the URL table and the WSGI entry."""
