"""What committees decide: the organisation's theme, and topics of their own."""
