"""Texts that the bureau must still enter, and what waits for each: questions and burial places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from civgeo.domain.cemetery_forms import BurialPlaceStatus, GraveStatus
from civgeo.domain.cemetery_rules import NATION, CemeteryRule, Operation, Topic
from civgeo.domain.division import DivisionCode
from civgeo.services.city import City
from civgeo.store.tables import Collection

__all__ = ["WaitingText", "WaitingTopic", "waiting_answer", "waiting_texts"]

Rows = gpd.GeoDataFrame


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


_SITING = (_("选址核对"), _("选址图的禁止情形"), _("现有公墓占地检查"))
_SHARES = (_("比例核对"),)
_QUESTIONS: Mapping[Topic, tuple[str, ...]] = MappingProxyType(
    {
        Topic.FORBIDDEN_LAND: _SITING,
        Topic.DISTANCE: _SITING,
        Topic.CORRIDOR: _SITING,
        Topic.MIN_AREA: (_("面积核对"), _("候选地的最小面积")),
        Topic.PLOT_SIZE: (_("墓穴面积核对"), _("超面积检查")),
        Topic.ECOLOGICAL_SHARE: _SHARES,
        Topic.GREEN_COVER: _SHARES,
        Topic.PUBLIC_SHARE: _SHARES,
    }
)
_OF_PLACE = frozenset({Topic.FORBIDDEN_LAND, Topic.DISTANCE, Topic.CORRIDOR})


@dataclass(frozen=True, slots=True)
class WaitingTopic:
    """What waits for one topic of a text.

    Parameters
    ----------
    topic
        The topic.
    questions
        Kinds of question that are not decided until the text is entered, in Chinese.
    cemeteries
        Burial places of the register, not closed, that lie where the text holds and hold what
        the topic is about: a place, an area, a size of plots.
    graves
        Graves that stand there, for topics of place; None for those who may not know.
    """

    topic: Topic
    questions: tuple[str, ...]
    cemeteries: int
    graves: int | None


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text in force that is not at hand.

    Parameters
    ----------
    rule
        Its record.
    topics
        What waits for each of its topics.
    cemeteries
        Burial places, each counted once, that some topic waits for.
    is_here
        Whether it holds somewhere in the city of the store.
    """

    rule: CemeteryRule
    topics: tuple[WaitingTopic, ...]
    cemeteries: int
    is_here: bool


def waiting_texts(
    city: City, rules: Sequence[CemeteryRule], *, officer: bool = False
) -> tuple[WaitingText, ...]:
    """The missing texts among `rules` with what waits for them, those of the city first.

    Parameters
    ----------
    city
        The city, whose registers of burial places and graves are counted.
    rules
        Rules, as `listed_rules` gives them.
    officer
        Whether graves are counted too: their register is not open.
    """
    with city.store.read() as reading:
        own = DivisionCode.parse(reading.register().city)
        places = reading.features(Collection.CEMETERIES)
        graves = reading.features(Collection.GRAVES) if officer else None
    places = places[places["status"] != BurialPlaceStatus.CLOSED.value]
    if graves is not None:
        gone = (GraveStatus.MOVED.value, GraveStatus.SCREENED.value)
        graves = graves[~graves["status"].isin(gone)]
    texts = [rule for rule in rules if rule.enabled and rule.topic is Topic.TEXT_MISSING]
    found = [_waiting(rule, own, places, graves) for rule in texts]
    return tuple(sorted(found, key=lambda text: not text.is_here))


def waiting_answer(text: WaitingText) -> dict[str, object]:
    """What waits for a text as a document."""
    return {
        "cemeteries": text.cemeteries,
        "topics": [
            {
                "topic": item.topic.value,
                "questions": list(item.questions),
                "cemeteries": item.cemeteries,
                **({} if item.graves is None else {"graves": item.graves}),
            }
            for item in text.topics
        ],
    }


def _waiting(
    rule: CemeteryRule, own: DivisionCode, places: Rows, graves: Rows | None
) -> WaitingText:
    here = places[_within(places, rule)]
    near = None if graves is None else graves[_within(graves, rule)]
    asked = [topic for topic in _ABOUT if topic.value in rule.subjects]
    waits = {topic: _ABOUT[topic](here) for topic in asked}
    topics = tuple(
        WaitingTopic(topic, _QUESTIONS[topic], int(which.sum()), _graves(topic, near))
        for topic, which in waits.items()
    )
    any_of = pd.DataFrame(waits).any(axis=1)
    inside = rule.adcode == NATION or own.covers(DivisionCode.parse(rule.adcode))
    return WaitingText(rule, topics, int(any_of.sum()), inside or rule.covers(own))


def _within(rows: Rows, rule: CemeteryRule) -> pd.Series:
    known = {code: rule.covers(DivisionCode.parse(code)) for code in rows["division"].unique()}
    return rows["division"].map(known).astype(bool)


def _graves(topic: Topic, graves: Rows | None) -> int | None:
    if graves is None or topic not in _OF_PLACE:
        return None
    return int(graves["count"].sum())


def _drawn(rows: Rows) -> pd.Series:
    return pd.Series(rows.geometry.notna() & ~rows.geometry.is_empty, index=rows.index)


def _measured(rows: Rows) -> pd.Series:
    return rows["area_mu"].notna()


def _with_plots(rows: Rows) -> pd.Series:
    return rows["plot_single_m2"].notna() | rows["plot_joint_m2"].notna()


def _every(rows: Rows) -> pd.Series:
    return pd.Series(data=True, index=rows.index, dtype=bool)


def _commercial(rows: Rows) -> pd.Series:
    return rows["operation"] == Operation.COMMERCIAL.value


_ABOUT: Mapping[Topic, Callable[[Rows], pd.Series]] = MappingProxyType(
    {
        Topic.FORBIDDEN_LAND: _drawn,
        Topic.DISTANCE: _drawn,
        Topic.CORRIDOR: _drawn,
        Topic.MIN_AREA: _measured,
        Topic.PLOT_SIZE: _with_plots,
        Topic.ECOLOGICAL_SHARE: _every,
        Topic.GREEN_COVER: _every,
        Topic.PUBLIC_SHARE: _commercial,
    }
)
"""Burial places that a topic is about, by what the register holds of them."""
