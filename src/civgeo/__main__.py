"""Entry of the ``civgeo`` command: language first, so that help is in the user's words."""

import os
import sys

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
    return os.environ.get("CIVGEO_LANG", "zh")


def main() -> None:
    """Run the command line."""
    arguments = _globals_first(sys.argv[1:])
    set_language(_language(arguments))
    translate_libraries()
    from civgeo.cli.main import run  # noqa: PLC0415 - its help texts need the language first

    run(arguments)


if __name__ == "__main__":
    main()
