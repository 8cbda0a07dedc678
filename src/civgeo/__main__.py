"""Entry of the ``civgeo`` command: language first, so that help is in the user's words."""

import io
import os
import sys
from pathlib import Path

from civgeo.assets.translation import set_language, translate_libraries

__all__ = ["main"]

_WITH_VALUE = ("--store", "--lang")
_FLAGS = ("--json", "-v", "--verbose", "-q", "--quiet")


def _globals_first(arguments: list[str]) -> list[str]:
    """`arguments` with the global options in front, wherever the user wrote them."""
    front: list[str] = []
    rest: list[str] = []
    queue = iter(arguments)
    for argument in queue:
        if argument == "--":
            rest += [argument, *queue]
        elif argument in _WITH_VALUE:
            front += [argument, *[value for value in [next(queue, None)] if value is not None]]
        elif argument in _FLAGS or argument.startswith(tuple(f"{name}=" for name in _WITH_VALUE)):
            front.append(argument)
        else:
            rest.append(argument)
    return front + rest


def _language(arguments: list[str]) -> str:
    for number, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and number + 1 < len(arguments):
            return arguments[number + 1]
    return os.environ.get("CIVGEO_LANG") or _language_in_file()


def _language_in_file() -> str:
    """Language of the settings file; faults in the file are reported when it is needed."""
    file = Path(os.environ.get("CIVGEO_CONFIG", "civgeo.toml"))
    try:
        text = file.read_text("utf-8")
        import tomllib

        return str(tomllib.loads(text).get("lang", "zh"))
    except (OSError, ValueError):
        return "zh"


def _speak_utf8(*, to_programs: bool) -> None:
    """Give programs UTF-8, and never fail on a character that a console cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = to_programs and stream is sys.stdout
            stream.reconfigure(encoding="utf-8" if plain else None, errors="replace")


def main() -> None:
    """Run the command line."""
    arguments = _globals_first(sys.argv[1:])
    _speak_utf8(to_programs="--json" in arguments)
    set_language(_language(arguments))
    translate_libraries()
    from civgeo.cli.main import run

    run(arguments)


if __name__ == "__main__":
    main()
