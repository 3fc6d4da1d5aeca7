"""Log lines that hold no words of a person (T31).

An error's own message can quote what somebody wrote: a database names the value that it refused. So
a line tells where it happened and what kind of error it was, and leaves the message out.
"""

import logging
import re
import traceback
from types import TracebackType

# Whoever has such an address reads somebody's feed.
SECRET_ADDRESS = re.compile(r"(?<=/calendar/)[\w-]{20,}")


class LineFormatter(logging.Formatter):
    """Writes tracebacks as places and kinds of error, without messages or source values."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """The line, without the secret of an address that opens something by itself."""
        return SECRET_ADDRESS.sub("…", super().formatMessage(record))

    def formatException(  # noqa: N802 (logging's own name)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The places, outermost first, and the chain of kinds, innermost cause last."""
        error = ei[1]
        if error is None:
            return ""
        places = [
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
            for frame in traceback.extract_tb(ei[2])
        ]
        kinds = []
        while error is not None:
            kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or error.__context__
        return "\n".join(["Traceback (messages left out):", *places, " from ".join(kinds)])
