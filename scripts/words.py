"""Words of screens for pybabel: first arguments of `_` and `translate`, inside f-strings too.

Python's own extractor of Babel reads tokens, and before Python 3.12 an f-string is one token.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO

Found = tuple[int, str, str, list[str]]


def words(
    file: IO[bytes], keywords: Collection[str], comment_tags: object, options: Mapping[str, str]
) -> Iterator[Found]:
    """Line, function, text and comments of every call of a keyword with a text."""
    for node in ast.walk(ast.parse(file.read())):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]):
                if name in keywords:
                    yield node.lineno, name, text, []
