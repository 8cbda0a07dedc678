"""The first page: what there is, and where to find it."""

from dataclasses import dataclass
from fractions import Fraction

from fastapi import APIRouter, Request, Response

from civgeo.analysis.coverage import UnitLevel
from civgeo.assets.translation import translate as _
from civgeo.http.context import CityNow, Language, speak
from civgeo.http.coverage_rows import CoverageRow, coverage_rows, glance
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.services.features import todays_coverage
from civgeo.services.mapping import MapSlug
from civgeo.services.walk_ground import has_streets

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _MapCard:
    slug: str
    title: str
    what: str
    forms: tuple[str, ...]


def _maps(*, walkable: bool) -> tuple[_MapCard, ...]:
    """Maps to show; that of reach only where there is a walk network."""
    pictures = ("png", "pdf", "geojson")
    reach = _MapCard(
        MapSlug.REACH.value,
        _("步行可达"),
        _("各类设施走得到的户数，点小区看原因和路线"),
        (*pictures, "xlsx"),
    )
    return (
        _MapCard(
            MapSlug.COVERAGE.value,
            _("每百户养老用房面积"),
            _("各小区与县区的每百户面积和达标情况，点开看依据"),
            (*pictures, "xlsx"),
        ),
        _MapCard(MapSlug.DIVISIONS.value, _("行政区划"), _("县区轮廓、名称和代码"), pictures),
        _MapCard(
            MapSlug.FACILITIES.value, _("民政设施"), _("各类民政设施的位置、面积和床位"), pictures
        ),
        _MapCard(
            MapSlug.NAMES.value,
            _("标准地名"),
            _("公开的地名，可按汉字、拼音、首字母查找"),
            pictures,
        ),
        *((reach,) if walkable else ()),
    )


@router.get("/ui")
def home(request: Request, city: CityNow, lang: Language = None) -> Response:
    """First page for officers."""
    require_known(request, ("lang",))
    estates = todays_coverage(city, UnitLevel.ESTATE)
    counties = todays_coverage(city, UnitLevel.COUNTY)
    whole = todays_coverage(city, UnitLevel.CITY)
    language = speak(request)
    return page(
        request,
        "home.html",
        lang=language,
        register=counties.register,
        glance=glance(estates, whole),
        counties=sorted(coverage_rows(counties), key=_rank),
        maps=_maps(walkable=has_streets(city)),
        on=counties.on.isoformat(),
        sources="；".join(dict.fromkeys(counties.register.sources.values())),
    )


def _rank(row: CoverageRow) -> tuple[bool, Fraction, str]:
    """Best share of estates first; counties without any assessed estate last."""
    return row.share is None, -(row.share or Fraction()), row.code
