"""The heart: offer, preparation, talk, minutes, agreements, signatures."""
