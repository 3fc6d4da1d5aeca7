"""Clock, public ids and small types; no models, no words of the trade."""
