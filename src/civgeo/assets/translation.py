"""Words of screens: Simplified Chinese in the source, English from the packaged catalogue."""

import gettext as _gettext
import os
from contextvars import ContextVar
from functools import cache
from importlib import resources

__all__ = ["LANGUAGES", "language", "set_language", "translate", "translate_libraries"]

LANGUAGES = ("zh", "en")
_language: ContextVar[str] = ContextVar("language", default="zh")


def set_language(name: str) -> None:
    """Use language `name` (``zh`` or ``en``) from here on in this context."""
    _language.set(name if name in LANGUAGES else "zh")


def language() -> str:
    """Language in use in this context."""
    return _language.get()


def translate(text: str) -> str:
    """`text` in the language in use; itself where the catalogue does not hold it."""
    return text if language() == "zh" or not text else _english().gettext(text)


def translate_libraries() -> None:
    """Let libraries that ask gettext's default domain (the command line's) speak the language.

    Call it before they are imported: some look their words up once.
    """
    folder = resources.files("civgeo.assets") / "locale"
    os.environ["LANGUAGE"] = language()
    _gettext.bindtextdomain("messages", str(folder))


@cache
def _english() -> _gettext.NullTranslations:
    catalogue = resources.files("civgeo.assets") / "locale" / "en" / "LC_MESSAGES" / "civgeo.mo"
    with catalogue.open("rb") as stream:
        return _gettext.GNUTranslations(stream)
