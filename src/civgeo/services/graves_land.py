"""Graves on land where rules forbid graves, by the layers at hand; what no layer tells is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook, Comparison, Topic
from civgeo.domain.division import DivisionCode
from civgeo.domain.site_features import SiteFeature
from civgeo.services.site_layers import SiteLayer

__all__ = ["ForbiddenLand", "forbidden_land"]

_COUNTY = 6


@dataclass(frozen=True, slots=True, eq=False)
class ForbiddenLand:
    """What was found.

    Parameters
    ----------
    texts
        Of each grave: land, rule and edition, layer and its day; empty where nothing was found.
    missing
        Features that rules speak of and no layer tells.
    waiting
        Texts on forbidden land that the bureau must enter.
    named_areas
        Rules on areas that a text names, to be looked up on the map.
    layers
        Digests of the layers that were looked at.
    """

    texts: tuple[str, ...]
    missing: tuple[SiteFeature, ...]
    waiting: tuple[CemeteryRule, ...]
    named_areas: tuple[CemeteryRule, ...]
    layers: frozenset[str]


def forbidden_land(
    graves: gpd.GeoDataFrame, layers: Sequence[SiteLayer], book: CemeteryRuleBook, on: date
) -> ForbiddenLand:
    """Which graves lie where a rule in force on `on` forbids graves.

    Rules on new cemeteries alone do not speak of graves, nor do distances here.

    Parameters
    ----------
    graves
        Points in EPSG:4490, with their ``division``.
    layers
        Layers to look at.
    book, on
        Rules, and the day.
    """
    search = _Search(graves, layers, book)
    county = graves["division"].str[:_COUNTY].to_numpy(dtype=object)
    for code in sorted(set(county)):
        here = np.flatnonzero(county == code)
        for rule in book.in_scope(DivisionCode.parse(code), on):
            if _awaits(rule):
                search.waiting[rule.id] = rule
            for feature in _forbids(rule):
                search.look(rule, feature, here)
    return search.found()


class _Search:
    """What has been found so far."""

    def __init__(
        self, graves: gpd.GeoDataFrame, layers: Sequence[SiteLayer], book: CemeteryRuleBook
    ) -> None:
        self._points = np.asarray(graves.geometry.array, dtype=object)
        self._layers, self._book = layers, book
        self._texts: list[list[str]] = [[] for _ in range(len(graves))]
        self._missing: set[SiteFeature] = set()
        self._named: dict[str, CemeteryRule] = {}
        self._used: set[str] = set()
        self.waiting: dict[str, CemeteryRule] = {}

    def look(self, rule: CemeteryRule, feature: SiteFeature, here: npt.NDArray[np.int64]) -> None:
        """Note which graves of `here` lie on land that the rule forbids."""
        if feature is SiteFeature.NAMED_AREA:
            self._named[rule.id] = rule
            return
        telling = [layer for layer in self._layers if _tells(layer, feature)]
        if not telling:
            self._missing.add(feature)
        for layer in telling:
            self._used.add(layer.meta.digest)
            for at in here[_inside(layer, feature, self._points[here])]:
                self._texts[at].append(_text(rule, feature, layer, self._book))

    def found(self) -> ForbiddenLand:
        """The sum."""
        return ForbiddenLand(
            tuple("；".join(dict.fromkeys(each)) for each in self._texts),
            tuple(feature for feature in SiteFeature if feature in self._missing),
            tuple(self.waiting.values()),
            tuple(self._named.values()),
            frozenset(self._used),
        )


def _awaits(rule: CemeteryRule) -> bool:
    return rule.topic is Topic.TEXT_MISSING and Topic.FORBIDDEN_LAND.value in rule.subjects


def _forbids(rule: CemeteryRule) -> tuple[SiteFeature, ...]:
    """Land where the rule forbids graves, not only cemeteries."""
    of_graves = "坟" in rule.applies_to or "坟" in rule.quantity
    if rule.topic is not Topic.FORBIDDEN_LAND or rule.operator is not Comparison.FORBIDDEN:
        return ()
    if not of_graves or rule.only_on:
        return ()
    return tuple(SiteFeature(word) for word in rule.subjects)


def _tells(layer: SiteLayer, feature: SiteFeature) -> bool:
    return any(cover.lies_in(feature) for cover in layer.meta.covers)


def _inside(
    layer: SiteLayer, feature: SiteFeature, points: npt.NDArray[np.object_]
) -> npt.NDArray[np.int64]:
    """Positions of the points that lie in shapes of the feature, or of a kind of it."""
    kinds = [each.value for each in SiteFeature if each.lies_in(feature)]
    chosen = pd.Series(layer.features["kind"]).isin(kinds).to_numpy(dtype=bool)
    shapes = layer.features.geometry.to_numpy()[chosen]
    if not len(shapes) or not len(points):
        return np.zeros(0, np.int64)
    point, _ = shapely.STRtree(shapes).query(points, predicate="intersects")
    return np.unique(point)


def _text(
    rule: CemeteryRule, feature: SiteFeature, layer: SiteLayer, book: CemeteryRuleBook
) -> str:
    meta = layer.meta
    return (
        f"{feature.label_zh}：{rule.citation}（{rule.id}，{book.edition}），"
        f"图层“{meta.title}”{meta.layer_date.isoformat()}"
    )
