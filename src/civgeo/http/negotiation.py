"""Which representation a request gets: ``f=`` first, then ``Accept``, then JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi import Request

from civgeo.errors import InvalidInput

__all__ = ["Format", "negotiate", "prefers_page"]


class Format(StrEnum):
    """Representations, by their value of ``f``."""

    JSON = "json"
    GEOJSON = "geojson"
    HTML = "html"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """Media type that is sent."""
        types = {
            "json": "application/json",
            "geojson": "application/geo+json",
            "html": "text/html; charset=utf-8",
        }
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return types.get(self.value, sheet)

    @property
    def accepted_as(self) -> tuple[str, ...]:
        """Media types that ask for it; GeoJSON is JSON too."""
        plain = self.media_type.partition(";")[0]
        return (plain, "application/json") if self is Format.GEOJSON else (plain,)


@dataclass(frozen=True, slots=True)
class _Range:
    kind: str
    quality: float

    def weight(self, media_type: str) -> tuple[int, float]:
        """How exactly the range names `media_type` (0: not at all), and its quality."""
        if self.kind == media_type:
            return 3, self.quality
        if self.kind == f"{media_type.partition('/')[0]}/*":
            return 2, self.quality
        return (1, self.quality) if self.kind == "*/*" else (0, 0.0)


def negotiate(request: Request, offered: Sequence[Format]) -> Format:
    """Representation to send; `offered` names the possible ones, the default first.

    ``f=json`` gives GeoJSON where features are asked for. An ``Accept`` that nothing satisfies
    gives the default: a browser or script that names some other type still gets data.

    Raises
    ------
    InvalidInput
        When ``f`` names none of them.
    """
    asked = request.query_params.get("f")
    if asked is not None:
        return _named(asked, offered)
    ranges = _ranges(request.headers.get("accept", "*/*"))
    qualities = [_quality(offer, ranges) for offer in offered]
    best = max(qualities)
    return offered[qualities.index(best)] if best > 0 else offered[0]


def prefers_page(request: Request) -> bool:
    """Whether an error should be shown as a page: a browser asks, and no ``f`` says otherwise."""
    asked = request.query_params.get("f")
    if asked is not None:
        return asked == Format.HTML.value
    return "text/html" in request.headers.get("accept", "")


def _named(asked: str, offered: Sequence[Format]) -> Format:
    known = {offer.value: offer for offer in offered}
    if Format.GEOJSON in offered:
        known.setdefault(Format.JSON.value, Format.GEOJSON)
    if asked not in known:
        choices = "、".join(sorted(known))
        raise InvalidInput(
            f"参数 f 的值“{asked[:40]}”不可用，应为 {choices} 之一", code="bad_format"
        )
    return known[asked]


def _quality(offer: Format, ranges: Sequence[_Range]) -> float:
    weights = [item.weight(name) for item in ranges for name in offer.accepted_as]
    return max(weights, default=(0, 0.0))[1]


def _ranges(accept: str) -> list[_Range]:
    found = []
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        found.append(_Range(kind, _read_quality(parameters)))
    return found


def _read_quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(1.0, max(0.0, float(parameter[2:])))
            except ValueError:
                return 0.0
    return 1.0
