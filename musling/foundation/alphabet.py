"""The Danish alphabet: one order and one folding, the same in Python and on both databases.

æ, ø and å come after z, and aa is å. Neither database orders so by itself (and PostgreSQL orders as
the machine was set up), so names are folded to plain bytes whose order is the Danish one.
"""

from typing import Any

from django.db.models import CharField, Func

# What stands after z in ASCII stands after z here. Kept short: SQLite nests one replace() for each,
# and its parser's stack holds about thirty of them, with all that stands around them.
FOLDED = {
    **dict.fromkeys("ÆæÄä", "{"),
    **dict.fromkeys("ØøÖö", "|"),
    **dict.fromkeys("Åå", "}"),
    **dict.fromkeys("Éé", "e"),
    **dict.fromkeys("Üü", "y"),
}
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TABLE = str.maketrans(FOLDED)
_SMALL = str.maketrans(CAPITALS, CAPITALS.lower())


def folded(text: str) -> str:
    """The text as it is ordered and searched: small letters, Danish ones after z, aa as å."""
    return text.translate(_SMALL).replace("aa", "å").translate(_TABLE)


class Folded(Func):
    """``folded`` in the database: order by it, or search in it.

    The letters stand in the SQL itself and not as parameters, else no index could serve.
    """

    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """``translate``, compared byte by byte; ``lower`` would depend on the machine's locale."""
        letters, become = "".join(FOLDED), "".join(FOLDED.values())
        template = (
            f"translate(replace(translate(%(expressions)s, '{CAPITALS}', '{CAPITALS.lower()}'), "
            f"'aa', 'å'), '{letters}', '{become}') COLLATE \"C\""
        )
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """``replace`` by ``replace``, since SQLite has no ``translate``."""
        template = "replace(lower(%(expressions)s), 'aa', 'å')"
        for letter, becomes in FOLDED.items():
            template = f"replace({template}, '{letter}', '{becomes}')"
        return self.as_sql(compiler, connection, template=template, **context)
