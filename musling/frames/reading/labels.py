"""Lines that announce what comes: help questions, items, or room for remarks."""

from typing import Literal

from musling.frames.reading.words import Words

Label = Literal["", "comment", "help", "list"]
_MOST = 14  # words


def label_of(text: str, words: Words) -> Label:
    """What an unmarked line announces; empty for a line that says something of its own."""
    bare = text.strip(" :.?…_").lower()
    if not bare or len(bare.split()) > _MOST:
        return ""
    if words.has("comment", bare):
        return "comment"
    if words.has("help_label", bare):
        return "help"
    colon = text.rstrip().endswith(":")
    if colon and (words.has("list_label", bare) or all_known(bare, words)):
        return "list"
    return "help" if colon and words.starts("help_label", bare) else ""


def all_known(bare: str, words: Words) -> bool:
    """ "Spørgeramme og hjælpespørgsmål": several words, and each of them only names a list."""
    parts = bare.lower().strip(" :").split()
    known = sum(words.has("list_label", part) or words.has("help_label", part) for part in parts)
    return len(parts) > 1 and known == len(parts)
