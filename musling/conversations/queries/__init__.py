"""What doors read of talks. Sealed text is opened here and nowhere else, and each opening noted."""
