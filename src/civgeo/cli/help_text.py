"""Help of the command line: whole, and in the user's words.

The library cuts a text off where a line has no blank to break it at, as Chinese has none, and
says a few texts of its own in English whatever the language.
"""

import gettext
from collections.abc import Callable

from rich.text import Text
from typer import rich_utils

__all__ = ["show_help_whole"]

_MAKE = "_make_rich_text"
_make: Callable[..., object] | None = getattr(rich_utils, _MAKE, None)
"""What makes each text of help; none where another version of the library has no such thing."""


def show_help_whole() -> None:
    """Have texts of help broken anywhere, and the library's own translated."""
    make = _make
    if make is None:
        return

    def whole(*, text: str, **how: str) -> object:
        made = make(text=gettext.gettext(text) if text else text, **how)
        if isinstance(made, Text):
            made.overflow = "fold"
        return made

    setattr(rich_utils, _MAKE, whole)
