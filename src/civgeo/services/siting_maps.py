"""Use cases of the maps of siting: one answer as page and as pictures."""

from collections.abc import Hashable, Iterator, Mapping
from itertools import groupby
from typing import Any, cast

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.site_features import SiteFeature
from civgeo.maps.civmap import CivMap
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.siting import siting_map
from civgeo.maps.siting_sheet import siting_picture
from civgeo.maps.siting_view import (
    SITING_TITLE,
    Candidate,
    Exclusion,
    ExclusionGroup,
    SitingTold,
    SitingView,
    hectares,
    styled,
)
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote
from civgeo.services.city import City
from civgeo.services.map_origin import Drawn
from civgeo.services.site_layers import site_layer
from civgeo.services.siting_answer import SitingAnswer, SitingConstraint
from civgeo.store.tables import Collection

__all__ = ["candidate_facts", "named", "shortened", "siting_chart", "siting_drawing"]
__all__ += ["siting_note", "siting_view"]

_Value = str | float | None

LONGEST_TITLE = 60
MOST_ROADS = 600
_DRAWN_LINES = (
    *(SiteFeature.MOTORWAY, SiteFeature.NATIONAL_ROAD, SiteFeature.TRUNK_ROAD),
    *(SiteFeature.PROVINCIAL_ROAD, SiteFeature.HIGHSPEED_RAILWAY, SiteFeature.RAILWAY),
)


def siting_chart(
    city: City, answer: SitingAnswer, *, ask: str = "", public_number: str = ""
) -> CivMap:
    """Map of an answer, to be rendered as a page or as one file.

    Parameters
    ----------
    ask
        As for `siting_map`.
    """
    about = siting_note(city, answer, public_number)
    return siting_map(siting_view(city, answer), about=about, ask=ask)


def siting_drawing(
    city: City, answer: SitingAnswer, form: PictureFormat, *, public_number: str = ""
) -> bytes:
    """The same as a picture, drawn without a browser."""
    about = siting_note(city, answer, public_number)
    return siting_picture(siting_view(city, answer), about=about, form=form)


def siting_note(city: City, answer: SitingAnswer, public_number: str = "") -> MapNote:
    """What maps of the answer say of themselves: sources, days of the layers, versions."""
    with city.store.read() as reading:
        divisions = reading.features(Collection.DIVISIONS)
    drawn = Drawn(answer.register, divisions, (), city.today)
    made = list(dict.fromkeys(layer.source for layer in answer.layers))
    days = sorted({layer.layer_date.isoformat() for layer in answer.layers})
    spread = days[0] if len(days) == 1 else f"{days[0]} 至 {days[-1]}" if days else "没有图层"
    sources = "、".join(shortened(source, 40) for source in made[:4]) + (" 等" * (len(made) > 4))
    return MapNote(
        title=f"{answer.region_name}{SITING_TITLE}",
        source=f"{drawn.source}；图层：{sources or '无'}；数据版本 {answer.data_version}",
        date=f"图层 {spread}",
        simulated=answer.simulated,
        public_number=public_number or None,
        on=answer.on,
    )


def siting_view(city: City, answer: SitingAnswer) -> SitingView:
    """What the maps of an answer show."""
    with city.store.read() as reading:
        rows = rows_of(reading.features(Collection.DIVISIONS), DivisionRow)
    return SitingView(
        told=_told(answer),
        marks=answer.marks,
        exclusions=styled(_exclusions(answer)),
        candidates=tuple(_candidates(answer)),
        region=cast("BaseGeometry", answer.region),
        rows=tuple(row for row in rows if row.level != "community"),
        roads=tuple(_roads(city, answer)),
        seen=answer.seen,
    )


def _told(answer: SitingAnswer) -> SitingTold:
    named_areas = [f"法规指名的区域须对照地图：{rule.citation}" for rule in answer.to_look_up]
    return SitingTold(
        place=answer.region_name,
        headline=answer.headline,
        on=answer.on.isoformat(),
        edition=answer.edition,
        lacking=tuple(dict.fromkeys(each.feature.label_zh for each in answer.missing)),
        missing=tuple(each.text for each in answer.missing),
        waiting=tuple(f"{rule.citation}（{rule.id}）：{rule.quantity}" for rule in answer.waiting),
        notes=(*answer.notes, *dict.fromkeys(named_areas)),
        region_m2=answer.region_m2,
        free_m2=answer.free_m2,
        cell_m=answer.marks.grid.cell_m,
        found=answer.candidates_found,
    )


def _exclusions(answer: SitingAnswer) -> Iterator[Exclusion]:
    """One for each plane that marks anything; what marks the same cells is cited together."""
    marking = [each for each in answer.constraints if each.area_m2 > 0]
    for number, group in groupby(sorted(marking, key=_number), key=_number):
        held = list(group)
        first = held[0]
        layers = [
            f"图层：{shortened(each.layer.title)}（{each.layer.layer_date}）"
            for each in held
            if each.layer is not None
        ]
        yield Exclusion(
            number=number,
            kind=first.kind,
            group=_group(first),
            name=shortened(named(first)),
            cited=tuple(dict.fromkeys([*map(_cited, held), *layers])),
            area_m2=first.area_m2,
            share=first.share,
            alone_m2=first.alone_m2,
        )


def _number(constraint: SitingConstraint) -> int:
    return constraint.number


def _group(constraint: SitingConstraint) -> ExclusionGroup:
    if constraint.layer is None:
        return ExclusionGroup.GROUND
    return ExclusionGroup.of(constraint.feature)


def named(constraint: SitingConstraint) -> str:
    """What excludes, and within which distance, in a few words."""
    if constraint.layer is None:
        return "坡度超过上限" if constraint.kind is PlaneKind.EXCLUDED else "坡度"
    words = constraint.feature.label_zh if constraint.feature else constraint.layer.title
    metres = constraint.distance_m
    return f"{words} {metres:g} 米内" if metres else words


def _cited(constraint: SitingConstraint) -> str:
    rule, reading = constraint.rule, constraint.reads_as
    if rule is None:
        return "规划人员的要求，不是规定"
    text = f"{rule.citation}　{rule.id}"
    return text if reading is None else f"{text}（米数比照 {reading.id}）"


def shortened(text: str, longest: int = LONGEST_TITLE) -> str:
    """`text`, cut where it is longer than a line or two of a legend."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def _candidates(answer: SitingAnswer) -> Iterator[Candidate]:
    table = answer.candidates
    rows = table.drop(columns="geometry").to_dict("records")
    for number, row, shape in zip(table.index, rows, table.geometry, strict=True):
        place = shapely.point_on_surface(shape)
        yield Candidate(
            rank=int(number),
            text=str(row["text"]),
            facts=tuple(candidate_facts(row)),
            shape=shape,
            lon=float(place.x),
            lat=float(place.y),
        )


def candidate_facts(row: Mapping[Hashable, Any]) -> Iterator[tuple[str, str]]:
    """Label and figure of each measure of a candidate that is known."""
    texts = {
        "面积": f"{row['area_mu']:,.1f} 亩（{hectares(float(row['area_m2']))}）",
        "得分": _figure(row["score"], "{:.3f}"),
        "前列占比": _percent(row["top_share"]),
        "紧凑度": _figure(row["compactness"], "{:.2f}"),
        "平均坡度": _figure(row["mean_slope_deg"], "{:.1f} 度"),
        "主要地类": _joined(row["land_class"], _percent(row["land_class_share"])),
        "须经批准的": _share_above_zero(row["approval_share"]),
        "性质不明的": _share_above_zero(row["unclear_share"]),
        "没有评价的": _share_above_zero(row["unknown_share"]),
        "最近道路": _joined(_figure(row["road_m"], "{:,.0f} m"), row["road_name"]),
        "所在乡镇": _joined(row["township"]),
        "到所服务乡镇（直线）": _figure(row["towns_m"], "{:,.0f} m"),
        "公路主干线可见": _percent(row["visible_share"]),
        "可容墓穴": _figure(row["capacity"], "{:,.0f} 穴"),
        "中心": f"{row['centroid_lon']:.6f}，{row['centroid_lat']:.6f}",
    }
    return ((label, text) for label, text in texts.items() if text)


def _figure(value: _Value, form: str) -> str:
    return "" if pd.isna(value) else form.format(value)


def _percent(value: _Value) -> str:
    return _figure(value, "{:.1%}")


def _share_above_zero(value: _Value) -> str:
    return "" if pd.isna(value) or not value else _percent(value)


def _joined(*given: _Value) -> str:
    return "　".join(each for each in given if isinstance(each, str) and each)


def _roads(city: City, answer: SitingAnswer) -> Iterator[tuple[str, str, BaseGeometry]]:
    """Trunk roads and railways of the layers around the region, the first 600."""
    west, south, east, north = shapely.bounds(answer.region).tolist()
    margin = (east - west + north - south) / 20
    frame = shapely.box(west - margin, south - margin, east + margin, north + margin)
    labels = {feature.value: feature.label_zh for feature in _DRAWN_LINES}
    left = MOST_ROADS
    for meta in answer.layers:
        if not set(meta.covers) & set(_DRAWN_LINES):
            continue
        features = site_layer(city, meta.digest).features
        features = features[features["kind"].isin(list(labels))].clip(frame)
        for kind, name, shape in zip(
            features["kind"], features["name"], features.geometry, strict=True
        ):
            if left and shape.length:
                left -= 1
                yield (name if isinstance(name, str) else ""), labels[str(kind)], shape
