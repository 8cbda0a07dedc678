"""Questions on cemeteries as lines of JSON and requests ask them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU, AskedLand, Plot, Site
from civgeo.domain.cemetery_rules import CemeteryLevel, Operation, PlotKind, Remains, Share
from civgeo.domain.division import DivisionCode
from civgeo.domain.fields import Fields
from civgeo.domain.site_features import DISTANCE_FEATURES, SiteFeature
from civgeo.errors import InvalidInput
from civgeo.formats.cemetery_rules import land_feature

__all__ = ["CHECK_KEYS", "objects_of", "site_of"]

CHECK_KEYS = frozenset(
    {
        *("division", "on", "level", "operation", "area_mu", "area_m2", "plots"),
        *("distances_m", "land_class", "shares_percent", "rules_edition"),
    }
)
_PLOT_KEYS = frozenset({"kind", "remains", "m2"})
_DISTANCE_KEYS = frozenset(feature.value for feature in DISTANCE_FEATURES)
_SHARE_KEYS = frozenset(share.value for share in Share)
MOST_ITEMS = 10_000
LONGEST_WORD = 40
WHOLE = Decimal(100)


def site_of(fields: Fields, today: date) -> Site:
    """The site that a question is about.

    Raises
    ------
    InvalidInput
        For values that are not allowed, an area given twice, and negative numbers.
    """
    level = fields.choice("level", CemeteryLevel) if fields.has("level") else None
    operation = (
        fields.choice("operation", Operation) if fields.has("operation") else Operation.PUBLIC
    )
    return Site(
        division=DivisionCode.parse(fields.text("division")),
        on=fields.day("on", today),
        level=level,
        operation=operation,
        area_mu=_area_mu(fields),
        plots=tuple(_plot(item) for item in objects_of(fields, "plots", _PLOT_KEYS)),
        distances_m=_distances(fields),
        land=_land(fields),
        shares=_shares(fields),
    )


def objects_of(fields: Fields, key: str, known: frozenset[str]) -> Iterator[Fields]:
    """Objects in the list `key`, none when it is left out; raises InvalidInput."""
    items = fields.items(key) if fields.has(key) else []
    if len(items) > MOST_ITEMS:
        raise InvalidInput(f"{key} 至多 {MOST_ITEMS:,} 项", code="bad_value")
    for item in items:
        if not isinstance(item, dict):
            raise InvalidInput(f"{key} 的每一项应为对象，收到 {item!r}", code="bad_type")
        yield Fields(item, known)


def _area_mu(fields: Fields) -> Fraction | None:
    if fields.has("area_mu") and fields.has("area_m2"):
        raise InvalidInput("area_mu 与 area_m2 只给一个", code="bad_value")
    if fields.has("area_mu"):
        return Fraction(fields.amount("area_mu"))
    if fields.has("area_m2"):
        return Fraction(fields.amount("area_m2")) / SQUARE_METRES_PER_MU
    return None


def _plot(item: Fields) -> Plot:
    remains = item.choice("remains", Remains) if item.has("remains") else Remains.ASH
    return Plot(item.choice("kind", PlotKind), remains, item.amount("m2"))


def _distances(fields: Fields) -> dict[SiteFeature, Decimal]:
    given = _object(fields, "distances_m", _DISTANCE_KEYS)
    return {
        feature: given.amount(feature.value)
        for feature in DISTANCE_FEATURES
        if given.has(feature.value)
    }


def _shares(fields: Fields) -> dict[Share, Decimal]:
    given = _object(fields, "shares_percent", _SHARE_KEYS)
    found = {share: given.amount(share.value) for share in Share if given.has(share.value)}
    for share, percent in found.items():
        if percent > WHOLE:
            raise InvalidInput(f"{share.value} 应为 0 到 100，收到 {percent}", code="bad_value")
    return found


def _object(fields: Fields, key: str, known: frozenset[str]) -> Fields:
    """The object `key`, an empty one when it is left out."""
    value = fields.raw(key) if fields.has(key) else {}
    if not isinstance(value, dict):
        raise InvalidInput(f"{key} 应为对象，收到 {value!r}", code="bad_type")
    return Fields(value, known)


def _land(fields: Fields) -> AskedLand | None:
    if not fields.has("land_class"):
        return None
    word = fields.text("land_class").strip()
    if not word or len(word) > LONGEST_WORD:
        raise InvalidInput(f"land_class 应为不超过 {LONGEST_WORD} 个字的地类", code="bad_value")
    return AskedLand(word, land_feature(word))
