"""The map boundary: nothing that comes from data may become markup or script in a page."""

import html
import json
from collections.abc import Mapping, Sequence

__all__ = ["Json", "json_for_script", "safe_text"]

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

_BEYOND_HTML = str.maketrans({"`": "&#96;", "$": "&#36;", "\\": "&#92;"})
_IN_SCRIPT = {
    ord(character): f"\\u{ord(character):04x}" for character in ("<", ">", "&", "\u2028", "\u2029")
}


def safe_text(value: object) -> str:
    """`value` as text that stays text in HTML and in a JavaScript template literal.

    folium writes popups and tooltips into template literals, where ``${...}`` runs even after
    HTML escaping; backtick, dollar sign and backslash therefore become entities as well.

    Examples
    --------
    >>> safe_text('<b>`${x}`')
    '&lt;b&gt;&#96;&#36;{x}&#96;'
    """
    return html.escape(str(value), quote=True).translate(_BEYOND_HTML)


def json_for_script(value: Json) -> str:
    r"""JSON of `value` that can stand inside ``<script>``: no ``<``, ``>``, ``&``, U+2028, U+2029.

    Raises
    ------
    ValueError
        For NaN and infinity, which JSON does not have.

    Examples
    --------
    >>> json_for_script({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_IN_SCRIPT)
