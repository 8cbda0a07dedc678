"""The vendored files: what they are, whether they are intact, and what the font can draw."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources.abc import Traversable
from typing import Final

from civgeo.assets import static_file

__all__ = [
    "FONT_FAMILY",
    "Asset",
    "changed_assets",
    "font_file",
    "inlined_style",
    "manifest",
    "missing_characters",
    "web_font_file",
]

FONT_FAMILY: Final = "Noto Sans SC"
"""Family name inside the font, for matplotlib, PDF files and ``@font-face``."""

_MANIFEST = "manifest.json"
_IMAGE = re.compile(r"url\(\s*[\"']?(images/[\w.-]+\.png)[\"']?\s*\)")


@dataclass(frozen=True, slots=True)
class Asset:
    """One vendored file, as ``static/manifest.json`` records it.

    Parameters
    ----------
    file
        Path inside ``static/``, with forward slashes.
    name, version, origin
        The product it belongs to, its version, and the package it was taken from.
    sha256, bytes
        Checksum (hexadecimal) and size of the file.
    licence, licence_file
        SPDX identifier, and the path inside ``static/`` of the licence text.
    changes
        What differs from the original; empty for a plain copy.
    missing
        For a font: characters that were wanted and that its source cannot draw.
    """

    file: str
    name: str
    version: str
    origin: str
    sha256: str
    bytes: int
    licence: str
    licence_file: str
    changes: str = ""
    missing: tuple[str, ...] = ()


@cache
def manifest() -> tuple[Asset, ...]:
    """Every vendored file, in the order of ``static/manifest.json``."""
    entries = json.loads(static_file(_MANIFEST).read_text(encoding="utf-8"))
    known = {field.name for field in fields(Asset)} - {"missing"}
    return tuple(
        Asset(
            **{key: value for key, value in entry.items() if key in known},
            missing=tuple(entry.get("missing", ())),
        )
        for entry in entries
    )


def changed_assets(folder: Traversable | None = None) -> list[str]:
    """Files of `folder` that are missing, altered, or not in the manifest; sorted.

    Parameters
    ----------
    folder
        A copy of the vendored files; by default the packaged ``static/``.
    """
    listed = {asset.file: asset.sha256 for asset in manifest()}
    present = dict(_files(folder or static_file("."), ""))
    present.pop(_MANIFEST, None)
    altered = {
        file
        for file in listed.keys() & present.keys()
        if hashlib.sha256(present[file].read_bytes()).hexdigest() != listed[file]
    }
    return sorted(altered | (listed.keys() ^ present.keys()))


def font_file() -> Traversable:
    """The Chinese font as TrueType, for matplotlib and PDF files."""
    return static_file("noto-sans-sc.ttf")


def web_font_file() -> Traversable:
    """The same font as WOFF2, for pages."""
    return static_file("noto-sans-sc.woff2")


def missing_characters(text: str) -> list[str]:
    """Characters of `text` that the vendored font cannot draw, each once, in reading order.

    White space needs no outline and is never missing.

    Examples
    --------
    >>> missing_characters("嵖岈山镇 Zhùmǎdiàn ≥30 m²")
    []
    >>> missing_characters("𰝟渡镇")
    ['𰝟']
    """
    covered = _covered_characters()
    return [c for c in dict.fromkeys(text) if c not in covered and not c.isspace()]


def inlined_style(name: str) -> str:
    """Vendored style sheet `name` with its images as data URIs, for a page that is one file."""
    return _IMAGE.sub(_data_uri, static_file(name).read_text(encoding="utf-8"))


def _data_uri(reference: re.Match[str]) -> str:
    content = base64.b64encode(static_file(reference[1]).read_bytes()).decode("ascii")
    return f"url(data:image/png;base64,{content})"


@cache
def _covered_characters() -> frozenset[str]:
    listing = static_file("noto-sans-sc.chars.txt").read_text(encoding="utf-8")
    return frozenset(listing.replace("\n", ""))


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for child in folder.iterdir():
        if child.is_dir():
            yield from _files(child, f"{prefix}{child.name}/")
        else:
            yield f"{prefix}{child.name}", child
