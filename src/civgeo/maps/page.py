"""From a rendered folium page to one that asks nothing of the network.

A page names its own files as ``civgeo-asset:NAME``; both renderings resolve them, and refuse
every other address that the page would request.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from importlib.resources.abc import Traversable

from civgeo.assets import static_file
from civgeo.errors import InvalidInput
from civgeo.maps.font import subset_of_font

__all__ = ["ASSET", "asset", "content_security_policy", "self_hosted", "single_file"]

ASSET = "civgeo-asset:"
HEAD_MARK = '<meta name="civgeo-head">'
ASKS_SERVER = '<meta name="civgeo-asks-server">'
FONT_FAMILY = "Civgeo Sans SC"
FONT_FILE = "noto-sans-sc.woff2"

_ASSET_TAG = re.compile(
    rf'<script src="{ASSET}(?P<js>[\w.-]+)"></script>'
    rf'|<link rel="stylesheet" href="{ASSET}(?P<css>[\w.-]+)"/>'
)
_FETCHING = {
    *("src", "srcset", "data", "poster", "action", "formaction", "background", "ping"),
    *("xlink:href", "manifest", "archive", "code", "imagesrcset"),
}
_NAMESPACE = re.compile(r"https?://www\.w3\.org/", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?|wss?|ftp):/{1,2}[^\s\"'`<>\\)]+|(?<=[\"'`(=,])\s*//[^\s/\"'`<>\\)][^\s\"'`<>\\)]*",
    re.IGNORECASE,
)
_STYLE_ADDRESS = re.compile(r"(?:url\(|@import)\s*[\"']?([^\"')\s;]+)", re.IGNORECASE)
_STYLE_URL = re.compile(r"url\([^)]*\)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_JQUERY = re.compile(r"(?<![\w$.])(?:\$|jQuery)\(")
_SCRIPT_TYPES = {"", "text/javascript", "application/javascript", "module"}


def asset(name: str) -> Traversable:
    """File `name` that pages ask for: our own scripts and styles, or a vendored file.

    The web layer serves both under one address, by default ``/static``.

    Raises
    ------
    InvalidInput
        When there is no such file.
    """
    own = resources.files("civgeo.assets") / "static_own" / name
    if own.is_file():
        return own
    vendored = static_file(name)
    if not vendored.is_file():
        raise InvalidInput(f"程序包内没有网页文件 {name}，请重新安装 civgeo", code="no_asset")
    return vendored


def single_file(page: str, *, embed_font: bool) -> str:
    """`page` with everything inside, to be shipped alone.

    Parameters
    ----------
    page
        Rendered page that names its files as ``civgeo-asset:NAME``.
    embed_font
        Whether to put the Chinese font inside, cut down to the characters of this page (about
        100 kB); otherwise the reader's own Chinese font is used.

    Raises
    ------
    InvalidInput
        When the page would request an address, or needs jQuery.
    """
    _refuse_requests(page, own_server=False)
    inlined = _ASSET_TAG.sub(_inline, page)
    style = ""
    if embed_font:
        font = base64.b64encode(subset_of_font(inlined)).decode()
        style = _font_face(f"data:font/woff;base64,{font}", "woff")
    return _with_policy(inlined, style)


def self_hosted(page: str, *, static_url: str, asks_server: bool = False) -> str:
    """`page` with links to files under `static_url` of the same server.

    With `asks_server` its scripts may ask that server for data, and no other.

    Raises
    ------
    InvalidInput
        When `static_url` or anything in the page points to another server, or needs jQuery.
    """
    if not static_url.startswith("/") or _outside(static_url, own_server=True):
        raise InvalidInput(f"static_url 应为本站路径，如 /static，收到 {static_url!r}")
    _refuse_requests(page, own_server=True)
    base = static_url.rstrip("/")
    linked = _ASSET_TAG.sub(lambda tag: tag.group().replace(ASSET, f"{base}/"), page)
    asks = f"{ASKS_SERVER}\n" if asks_server else ""
    return _with_policy(linked, asks + _font_face(f"{base}/{FONT_FILE}", "woff2"))


def content_security_policy(page: str) -> str:
    """Content security policy for a finished page, to be sent as the header of that name.

    Inline scripts and styles are allowed by their hashes only, connections not at all, or to the
    page's own server where it asks that for data. A page in a frame of its own should also get
    ``sandbox="allow-scripts"`` on the frame.
    """
    return f"{_policy(page)}; frame-ancestors 'self'"


def _policy(page: str) -> str:
    seen = _Page.read(page)
    linked = ["'self'"] if seen.addresses else []
    scripts = [*linked, *(_hash(text) for text in seen.scripts)]
    styles = [*linked, *(_hash(text) for text in seen.styles)]
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src", *scripts]),
            " ".join(["style-src", *styles]),
            " ".join(["img-src", *linked, "data:"]),
            " ".join(["font-src", *linked, "data:"]),
            "connect-src 'self'" if seen.asks_server else "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _with_policy(page: str, style: str) -> str:
    policy = _policy(page.replace(HEAD_MARK, style))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace(HEAD_MARK, f"{meta}\n{style}")


def _font_face(address: str, form: str) -> str:
    return (
        f'<style>@font-face{{font-family:"{FONT_FAMILY}";font-display:swap;'
        f'src:url("{address}") format("{form}")}}</style>'
    )


def _inline(tag: re.Match[str]) -> str:
    name = tag["js"] or tag["css"]
    code = asset(name).read_text(encoding="utf-8").replace("\r\n", "\n")
    if tag["css"]:
        return f"<style>{_STYLE_URL.sub('none', code)}</style>"
    if re.search(r"</script|<!--", code, re.IGNORECASE):
        raise InvalidInput(f"网页文件 {name} 含有 script 结束标记，不能嵌入单个文件")
    return f"<script>{code}</script>"


class _Page(HTMLParser):
    """Addresses, inline scripts and inline styles of a page, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.attribute_styles: list[str] = []
        self.handlers: list[str] = []
        self.asks_server = False
        self._into: list[str] | None = None

    @classmethod
    def read(cls, page: str) -> "_Page":
        """What `page` holds."""
        parser = cls()
        parser.feed(page)
        parser.close()
        return parser

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag requests and where its text belongs."""
        values = {name: value or "" for name, value in attrs}
        self.addresses += [value for name, value in values.items() if name in _FETCHING]
        if "href" in values and tag not in ("a", "area"):
            self.addresses.append(values["href"])
        if "srcdoc" in values:
            self.addresses += _Page.read(values["srcdoc"]).addresses
        self.attribute_styles.append(values.get("style", ""))
        self.handlers += [value for name, value in values.items() if name.startswith("on")]
        self.asks_server |= tag == "meta" and values.get("name") == "civgeo-asks-server"
        if tag == "script" and "src" not in values and values.get("type", "") in _SCRIPT_TYPES:
            self.scripts.append("")
            self._into = self.scripts
        elif tag == "style":
            self.styles.append("")
            self._into = self.styles

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat ``<link/>`` as ``<link>``."""
        self.handle_starttag(tag, attrs)
        self._into = None

    def handle_endtag(self, tag: str) -> None:
        """Close the text of a script or style."""
        if tag in ("script", "style"):
            self._into = None

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts and styles, byte for byte."""
        if self._into is not None:
            self._into[-1] += data


def _refuse_requests(page: str, *, own_server: bool) -> None:
    seen = _Page.read(page)
    for address in _requests(seen, own_server):
        raise InvalidInput(
            f"地图要请求 {address[:200]}，但程序包内没有这个文件的副本，内网打不开。"
            "请去掉用到它的图层或插件，或先把文件收入 assets/static。",
            code="outside_address",
        )
    if any(_JQUERY.search(script) for script in seen.scripts):
        raise InvalidInput(
            "加入的图层用到 jQuery（如 folium.Popup），地图页不带 jQuery。"
            "请改用 civgeo.maps 的图层。",
            code="needs_jquery",
        )


def _requests(seen: _Page, own_server: bool) -> Iterator[str]:
    yield from (item for item in seen.addresses if _outside(item, own_server=own_server))
    for style in [*seen.styles, *seen.attribute_styles]:
        found = _STYLE_ADDRESS.findall(style)
        yield from (item for item in found if _outside(item, own_server=own_server))
    for script in [*seen.scripts, *seen.handlers]:
        plain = re.sub(r"\\(?:/|u002f|x2f)", "/", script, flags=re.IGNORECASE)
        found = [match.group().strip() for match in _ADDRESS.finditer(plain)]
        yield from (item for item in found if not _NAMESPACE.match(item))


def _outside(address: str, *, own_server: bool) -> bool:
    """Whether requesting `address` leaves the file, or the server where there is one."""
    plain = re.sub(r"[\x00-\x20]", "", address).replace("\\", "/")
    if not plain or plain.startswith(("#", "data:image/", "data:font/", ASSET)):
        return False
    if plain.startswith("//") or _SCHEME.match(plain):
        return True
    return not own_server
