"""The public API (a later issue). It will call the same queries and actions as the site."""
