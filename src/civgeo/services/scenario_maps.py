"""Use case: a scenario beside the present, as a picture and as the rows of its delta table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civgeo.analysis.coverage import UnitLevel
from civgeo.domain.quantity import decimal_text
from civgeo.errors import InvalidInput, NotFound
from civgeo.maps.scenario_sheet import ScenarioFigures, scenario_picture
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote
from civgeo.services.city import City
from civgeo.services.map_origin import Drawn
from civgeo.services.reach_maps import source_of, speed_text
from civgeo.services.scenario_answer import KindDelta, ScenarioAnswer, ScenarioQuestion
from civgeo.services.scenario_views import unit_rows
from civgeo.services.scenarios import SavedScenario, saved_answer
from civgeo.store.tables import Collection

__all__ = ["ScenarioShown", "scenario_drawing", "scenario_shown"]


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioShown:
    """A saved scenario with its answer for one kind of facility by county."""

    saved: SavedScenario
    answer: ScenarioAnswer
    part: KindDelta

    @property
    def rows(self) -> list[dict[str, object]]:
        """Delta table."""
        return unit_rows(self.answer, self.part)


def scenario_shown(city: City, saved: SavedScenario, question: ScenarioQuestion) -> ScenarioShown:
    """The scenario's answer for the first kind that is asked for, or that its edits name.

    Raises
    ------
    InvalidInput
        ``bad_level`` when the sums asked for are not by county: the maps show counties.
    NotFound
        ``no_streets`` without a walk network; ``no_kind`` when no kind is asked for or named.
    """
    if question.level is not UnitLevel.COUNTY:
        raise InvalidInput("方案对照图按县区汇总（level=county）", code="bad_level")
    answer = saved_answer(city, saved, question)
    if not answer.reach:
        raise NotFound("改动没有涉及设施种类，请用 kinds 写明要看的种类", code="no_kind")
    return ScenarioShown(saved, answer, answer.reach[0])


def scenario_drawing(
    city: City,
    shown: ScenarioShown,
    form: PictureFormat,
    *,
    target: Decimal | None = None,
    public_number: str = "",
) -> bytes:
    """Two maps in the same classes: the present and the scenario."""
    ground = shown.answer.planning.ground
    with city.store.read() as reading:
        register = reading.register()
        divisions = reading.features(Collection.DIVISIONS)
        facilities = reading.features(Collection.FACILITIES)
    drawn = Drawn(register, divisions, (ground.estates, facilities), city.today)
    about = MapNote(
        title=f"{shown.saved.entry.name}：{shown.part.kind.label_zh}步行可达与现状对照",
        source=source_of(drawn, ground),
        date=drawn.date,
        simulated=drawn.simulated or ground.simulated,
        public_number=public_number or None,
        on=ground.on,
    )
    return scenario_picture(_figures(shown, target), divisions, about=about, form=form)


def _figures(shown: ScenarioShown, target: Decimal | None) -> ScenarioFigures:
    part, terms = shown.part, shown.answer.question.terms
    sums = part.sums
    before = _shares(part.codes, sums.reached_before.tolist(), sums.people_before.tolist())
    after = _shares(part.codes, sums.reached_after.tolist(), sums.people_after.tolist())
    return ScenarioFigures(
        before=before,
        after=after,
        whole=(
            _share(int(sums.reached_before.sum()), int(sums.people_before.sum())),
            _share(int(sums.reached_after.sum()), int(sums.people_after.sum())),
        ),
        gained=_places(shown, part.gained),
        lost=_places(shown, part.lost),
        target=target,
        rule=(
            f"{part.kind.label_zh}，沿街道步行 {decimal_text(terms.minutes)} 分钟、"
            f"{speed_text(terms.speed_m_per_s)} m/s，不超过 {terms.limit_dm / 10:g} m 为可达，"
            f"计{shown.answer.question.people.label_zh}。"
        ),
    )


def _shares(
    codes: Sequence[str], reached: Sequence[int], people: Sequence[int]
) -> dict[str, Fraction | None]:
    return {
        code: _share(part, whole) for code, part, whole in zip(codes, reached, people, strict=False)
    }


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


def _places(shown: ScenarioShown, rows: Sequence[int]) -> list[tuple[float, float]]:
    points = shown.answer.planning.ground.estates.geometry.representative_point()
    new = [(edit.lon, edit.lat) for _, edit in shown.answer.holdings.estates]
    known = list(zip(points.x.tolist(), points.y.tolist(), strict=True)) + new
    return [known[row] for row in rows]
