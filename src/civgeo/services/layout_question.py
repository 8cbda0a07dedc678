"""A question of layout over the store, as requests and jobs ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from civgeo.analysis.layout_problem import LayoutModel, Quota
from civgeo.analysis.reach import ReachTerms
from civgeo.domain.division import DivisionCode
from civgeo.domain.facility import FacilityKind
from civgeo.domain.fields import Fields
from civgeo.domain.quantity import exact
from civgeo.errors import InvalidInput
from civgeo.services.reach import People

__all__ = ["CandidateSite", "LayoutQuestion", "layout_question"]

MOST_CANDIDATES = 5_000
MOST_KINDS = 10
LONGEST_NAME = 100
_KEYS = frozenset(
    {
        *("model", "kinds", "p", "minutes", "speed_m_per_s", "people", "candidates", "division"),
        *("quotas", "keep_existing", "capacity_of_new", "seconds"),
    }
)
_SITE_KEYS = frozenset({"id", "name", "lon", "lat", "capacity", "required", "forbidden"})


@dataclass(frozen=True, slots=True)
class CandidateSite:
    """A place where a facility may stand (EPSG:4490); people it would serve, None for the usual."""

    id: str
    name: str
    lon: float
    lat: float
    capacity: float | None = None
    required: bool = False
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class LayoutQuestion:
    """What to open, for whom.

    Parameters
    ----------
    model
        LSCP, MCLP, p-median or capacitated.
    kinds
        Kinds of facility whose existing ones serve already; a new one counts as any of them.
    terms
        Minutes and speed.
    people
        Who is counted.
    new_sites
        How many to open (p).
    candidates
        Places asked about; None for the places of all estates of the area.
    division
        Digits of the area of demand and candidates; empty for the whole city.
    quotas
        New sites by county.
    keep_existing
        Whether the existing facilities stay open.
    capacity_of_new
        People whom a new site serves where the candidate says nothing; read by capacitated only.
    seconds
        Longest search; the best answer by then is given with its bound.
    """

    model: LayoutModel
    kinds: tuple[FacilityKind, ...]
    terms: ReachTerms
    people: People
    new_sites: int | None = None
    candidates: tuple[CandidateSite, ...] | None = None
    division: str = ""
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    keep_existing: bool = True
    capacity_of_new: float | None = None
    seconds: float = 60.0


def layout_question(given: Mapping[str, object]) -> LayoutQuestion:
    """Question of a JSON object.

    Raises
    ------
    InvalidInput
        Naming the key that is missing, unknown or wrong.
    """
    fields = Fields(given, _KEYS)
    terms = ReachTerms(_decimal(fields, "minutes", 15), _decimal(fields, "speed_m_per_s", 1))
    if terms.limit_dm <= 0:
        raise InvalidInput("minutes 与 speed_m_per_s 的乘积太小", code="bad_value")
    division = fields.text("division") if fields.has("division") else ""
    seconds = _real(fields, "seconds") if fields.has("seconds") else 60.0
    if not 0 < seconds <= 3_600:
        raise InvalidInput("seconds 应大于 0、不超过 3600", code="bad_value")
    return LayoutQuestion(
        model=fields.choice("model", LayoutModel),
        kinds=_kinds(fields),
        terms=terms,
        people=fields.choice("people", People) if fields.has("people") else People.HOUSEHOLDS,
        new_sites=fields.count("p") if fields.has("p") else None,
        candidates=_candidates(fields),
        division=DivisionCode.parse(division).digits if division else "",
        quotas=_quotas(fields),
        keep_existing=_flag(fields, "keep_existing", default=True),
        capacity_of_new=_amount(fields, "capacity_of_new"),
        seconds=seconds,
    )


def _kinds(fields: Fields) -> tuple[FacilityKind, ...]:
    known = {kind.value: kind for kind in FacilityKind}
    names = fields.items("kinds")
    if not 0 < len(names) <= MOST_KINDS:
        raise InvalidInput(f"kinds 应列出 1 至 {MOST_KINDS} 种设施", code="bad_kind")
    for name in names:
        if not isinstance(name, str) or name not in known:
            shown = "、".join(f"{kind.value}（{kind.label_zh}）" for kind in known.values())
            raise InvalidInput(f"kinds 没有 {str(name)[:40]!r}；可用：{shown}", code="bad_kind")
    return tuple(known[str(name)] for name in dict.fromkeys(names))


def _candidates(fields: Fields) -> tuple[CandidateSite, ...] | None:
    if not fields.has("candidates") or fields.raw("candidates") == "estates":
        return None
    rows = fields.items("candidates")
    if not 0 < len(rows) <= MOST_CANDIDATES:
        raise InvalidInput(f"candidates 应有 1 至 {MOST_CANDIDATES} 个候选点", code="bad_value")
    sites = [_site(number, row) for number, row in enumerate(rows, start=1)]
    ids = [site.id for site in sites]
    twice = (
        next((id for id in ids if ids.count(id) > 1), None) if len(set(ids)) < len(ids) else None
    )
    if twice is not None:
        raise InvalidInput(f"candidates 的编号重复：{twice[:40]}", code="duplicate_id")
    return tuple(sites)


def _site(number: int, row: object) -> CandidateSite:
    if not isinstance(row, dict):
        raise InvalidInput(f"candidates 第 {number} 项应为对象", code="bad_type")
    fields = Fields(row, _SITE_KEYS)
    lon, lat = (_real(fields, key) for key in ("lon", "lat"))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(f"candidates 第 {number} 项的经纬度超出范围", code="bad_value")
    name = fields.text("name") if fields.has("name") else f"候选点{number}"
    return CandidateSite(
        id=(fields.text("id") if fields.has("id") else str(number))[:LONGEST_NAME],
        name=name[:LONGEST_NAME],
        lon=lon,
        lat=lat,
        capacity=_amount(fields, "capacity"),
        required=_flag(fields, "required", default=False),
        forbidden=_flag(fields, "forbidden", default=False),
    )


def _real(fields: Fields, key: str) -> float:
    """Number of `key`; JSON numbers come as they were read, exact or not."""
    value = fields.raw(key)
    return value if isinstance(value, float) else float(exact(value, key))


def _decimal(fields: Fields, key: str, default: int) -> Decimal:
    """Exact number of `key`; a JSON fraction is taken as it is written."""
    if not fields.has(key):
        return Decimal(default)
    value = fields.raw(key)
    return exact(repr(value) if isinstance(value, float) else value, key)


def _amount(fields: Fields, key: str) -> float | None:
    if not fields.has(key):
        return None
    value = _real(fields, key)
    if not 0 <= value < float("inf"):
        raise InvalidInput(f"{key} 应不小于 0：{value}", code="negative")
    return value


def _flag(fields: Fields, key: str, *, default: bool) -> bool:
    if not fields.has(key):
        return default
    value = fields.raw(key)
    if not isinstance(value, bool):
        raise InvalidInput(f"{key} 应为 true 或 false", code="bad_type")
    return value


def _quotas(fields: Fields) -> dict[str, Quota]:
    if not fields.has("quotas"):
        return {}
    given = fields.raw("quotas")
    if not isinstance(given, dict):
        raise InvalidInput("quotas 应为对象：{区划代码: [下限, 上限]}", code="bad_type")
    return {
        DivisionCode.parse(str(code)).digits: _quota(code, ends) for code, ends in given.items()
    }


def _quota(code: str, ends: object) -> Quota:
    if not isinstance(ends, list) or len(ends) != 2:
        raise InvalidInput(f"quotas 的 {code[:20]} 应为 [下限, 上限]", code="bad_type")
    least, most = ends
    whole = [end for end in (least, most) if end is not None]
    if any(not isinstance(end, int) or isinstance(end, bool) or end < 0 for end in whole):
        raise InvalidInput(f"quotas 的 {code[:20]} 的上下限应为不小于 0 的整数", code="bad_value")
    return Quota(least or 0, most)
