"""Anonymous figures (a later issue): cells that survive suppression, no link to a person."""
