"""The page of a field package: one HTML file that runs on a phone from a file, without a network.

Data stand in the page as JSON that no text can break out of, and the script writes texts as texts
only; a content security policy forbids everything else, every request among it.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from importlib import resources
from string import Template

from civgeo.domain.field_form import (
    ACTIONS,
    DATUMS,
    FILED_NOTE,
    PHOTO_SLOTS,
    QUESTIONS,
    RESULTS_FORMAT,
    STATES,
)
from civgeo.domain.field_sheet import FieldMarker, FieldSegment, FieldSheet
from civgeo.reports.plain_text import plain

__all__ = ["field_page"]

_SCRIPTS = ("civgeo-field-answers.js", "civgeo-field.js")
_STYLE = "civgeo-field.css"
_PAGE = "civgeo-field.html"


def field_page(sheet: FieldSheet, sketches: Mapping[str, bytes]) -> bytes:
    """The page of a line.

    Parameters
    ----------
    sheet
        The line.
    sketches
        Sketch maps as PNG by the register ids of their markers.
    """
    script = "\n".join(_own(name) for name in _SCRIPTS)
    style = _own(_STYLE)
    sources = f"script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data: blob:"
    page = Template(_own(_PAGE)).substitute(
        policy=f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'",
        title=html.escape(plain(sheet.title)),
        standing=html.escape(" · ".join(_standing(sheet))),
        style=style,
        script=script,
        data=_data(sheet, sketches),
    )
    return page.encode("utf-8")


def _standing(sheet: FieldSheet) -> list[str]:
    told = ["模拟"] if sheet.simulated else []
    return [*told, *([FILED_NOTE] if sheet.round.filed else []), sheet.secrecy]


def _own(name: str) -> str:
    file = resources.files("civgeo.assets") / "static_own" / name
    return file.read_text(encoding="utf-8")


def _digest(text: str) -> str:
    found = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(found).decode('ascii')}"


def _data(sheet: FieldSheet, sketches: Mapping[str, bytes]) -> str:
    """What the script works on, as JSON without a sign that means something to HTML."""
    markers = [item.id for item in sheet.markers]
    segments = [item.id for item in sheet.segments]
    told = {
        "format": RESULTS_FORMAT,
        "package": sheet.package,
        "line": sheet.code,
        "round": sheet.round.number,
        "sides": [{"code": side.code, "name": plain(side.name)} for side in sheet.sides],
        "states": STATES,
        "actions": ACTIONS,
        "questions": QUESTIONS,
        "slots": PHOTO_SLOTS,
        "datums": DATUMS,
        "markers": [_marker(item, sketches.get(item.id)) for item in sheet.markers],
        "segments": [_segment(item) for item in sheet.segments],
        "stops": [
            {
                "segment": None if stop.segment is None else segments.index(stop.segment.id),
                "markers": [markers.index(item.id) for item in stop.markers],
            }
            for stop in sheet.stops
        ],
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _marker(marker: FieldMarker, sketch: bytes | None) -> dict[str, object]:
    picture = None if sketch is None else base64.b64encode(sketch).decode("ascii")
    return {
        "id": marker.id,
        "name": f"{marker.order}. {marker.number}",
        "number": marker.number,
        "order": marker.order,
        "km": marker.km,
        "twins": marker.twins,
        "facts": [[title, plain(text)] for title, text in marker.facts],
        "witnesses": [
            {"name": item.name, "azimuth": item.grid_azimuth, "distance": item.distance_m}
            for item in marker.witnesses
        ],
        "sketch": picture and f"data:image/png;base64,{picture}",
    }


def _segment(segment: FieldSegment) -> dict[str, object]:
    return {
        "id": segment.id,
        "name": segment.name,
        "start": f"{segment.start_m / 1000:.3f}",
        "end": f"{segment.end_m / 1000:.3f}",
        "direction": segment.direction,
        "course": plain(segment.course),
    }
