"""Use case: parcels instead of cells, each held against the rules with exact distances."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.candidate_areas import M2_A_MU
from civgeo.analysis.parcel_siting import parcel_overlaps, parcel_verdicts
from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.labelled import Labelled
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.errors import InvalidInput
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.crs import CGCS2000_EPSG, require_cgcs2000
from civgeo.geo.ground import areas_m2, in_metres
from civgeo.services.city import City
from civgeo.services.layer_files import column_of, plain_text, read_layer, shapes_of
from civgeo.services.planning_files import ID_HEADERS, NAME_HEADERS
from civgeo.services.siting import Scene, missing_layers, scene_of
from civgeo.services.siting_answer import MissingLayer
from civgeo.services.siting_marks import Drawing, drawing_of
from civgeo.services.siting_question import SitingQuestion
from civgeo.services.siting_rules import Claim
from civgeo.services.siting_slopes import steep_parcels
from civgeo.services.siting_words import claim_text, parcels_headline

__all__ = ["ParcelAnswer", "ParcelVerdict", "read_parcels", "site_parcels"]

MOST_PARCELS = 20_000
_ID_HEADERS = (*ID_HEADERS, "地块编号", "地块号", "宗地号", "宗地编号", "图斑编号")
_NAME_HEADERS = (*NAME_HEADERS, "地块名称", "宗地名称")
_POLYGONS = (3, 6)
_SLIVER = 1e-6
"""Share of a parcel that two drawings of one border may differ by."""

Progress = Callable[[str, int, int], None]
_Shapes = npt.NDArray[np.object_]


class ParcelVerdict(Labelled):
    """What was found about a parcel; none of them says that it is fit."""

    EXCLUDED = "excluded", "有禁止情形"
    NOT_FOUND = "not_found", "在已有图层中没有发现禁止情形"
    OUTSIDE = "outside", "不在所问区划内，没有评价"
    INVALID = "invalid", "图形无效，没有评价"
    NOT_EXAMINED = "not_examined", "没有可核对的图层，没有评价"


@dataclass(frozen=True, slots=True, eq=False)
class ParcelAnswer:
    """Parcels and what rules and layers say of each.

    Parameters
    ----------
    question, scene
        What was asked, and what it was held against.
    parcels
        EPSG:4490, index id: ``name``, ``verdict`` (a word of `ParcelVerdict`), ``area_m2``,
        ``area_mu``, ``inside_share`` (of the parcel in the division), ``marks`` (how many rules or
        wishes exclude it), ``missing_share`` (largest share that a layer does not reach),
        ``text``.
    rows
        A row a parcel and constraint that says something of it: ``parcel``, ``kind``
        (`PlaneKind`), ``rule``, ``citation``, ``layer``, ``layer_date``, ``distance_m``,
        ``nearest_m``, ``area_m2`` (marked), ``share``, ``text``.
    overlaps
        Pairs that cover the same ground: ``one``, ``other``, ``overlap_m2``.
    missing
        What no layer tells.
    headline, notes
        The result in words, and what else must be said.
    """

    question: SitingQuestion
    scene: Scene
    parcels: gpd.GeoDataFrame
    rows: pd.DataFrame
    overlaps: pd.DataFrame
    missing: tuple[MissingLayer, ...]
    headline: str
    notes: tuple[str, ...]


def read_parcels(
    file: Path, *, crs: str | None = None, layer: str | None = None
) -> gpd.GeoDataFrame:
    """Parcels of a file in EPSG:4490, index id, with their names.

    Parameters
    ----------
    file
        In any format that an import reads; read in the jail.
    crs
        Coordinate system, before what the file says of itself.
    layer
        Name of the layer, where the file has several.

    Raises
    ------
    NotFound, ImportRejected, CrsError
        When it cannot be read, or is in a system that cannot be converted.
    InvalidInput
        When it has no shapes, one id twice, or too many parcels.
    """
    raw = shapes_of(file, read_layer(file, layer))
    if len(raw) > MOST_PARCELS:
        text = f"{file.name} 有 {len(raw)} 个地块，最多 {MOST_PARCELS} 个；请分几次"
        raise InvalidInput(text, code="too_many_parcels")
    frame = in_cgcs2000(raw, crs)[0].reset_index(drop=True)
    numbers = pd.Series([str(row + 1) for row in range(len(frame))], dtype=object)
    ids, names = (_texts(frame, headers, numbers) for headers in (_ID_HEADERS, _NAME_HEADERS))
    twice = ids[ids.duplicated()].unique()
    if len(twice):
        shown = "、".join(str(id)[:40] for id in twice[:5])
        raise InvalidInput(f"{file.name} 的地块编号重复：{shown}", code="duplicate_id")
    shapes = frame.geometry.to_numpy()
    return gpd.GeoDataFrame(
        {"name": names.to_numpy()}, index=pd.Index(ids, name="id"), geometry=shapes, crs=frame.crs
    )


def _texts(
    frame: gpd.GeoDataFrame, headers: tuple[str, ...], usual: "pd.Series[str]"
) -> "pd.Series[str]":
    column = column_of(frame, headers)
    if column is None:
        return usual
    given = frame[column].map(plain_text)
    return given.where(given != "", usual)


def site_parcels(
    city: City,
    question: SitingQuestion,
    parcels: gpd.GeoDataFrame,
    *,
    progress: Progress = lambda label, done, total: None,
) -> ParcelAnswer:
    """Hold each parcel against the rules in force; distances are exact, not by cells.

    Parameters
    ----------
    city, question
        As for `civgeo.services.siting.site`; what is only about candidates is not used.
    parcels
        EPSG:4490, index id, column name, as `read_parcels` gives them.
    progress
        Called with a step, how much of it is done, and how much there is.

    Raises
    ------
    CrsError
        When the parcels are not in EPSG:4490.
    InvalidInput
        ``elevation_missing`` for a slope limit without an elevation model.
    NotFound, StoreUnavailable, OwnFileBroken
        As `civgeo.services.siting.scene_of`.
    """
    require_cgcs2000(parcels)
    scene = scene_of(city, question, progress=progress)
    verdicts, inside = _where(parcels, scene)
    judged = verdicts.isna()
    metric = gpd.GeoDataFrame(
        geometry=in_metres(parcels.geometry.to_numpy()[judged], scene.region.zone),
        index=parcels.index[judged],
        crs=scene.region.zone.epsg,
    )
    progress("逐块核对规定", 0, 1)
    drawing = drawing_of(scene.rules.claims, scene.ground)
    rows = pd.DataFrame([*_rows(metric, drawing, scene)], columns=[*_COLUMNS])
    steep = pd.DataFrame([*_steep(city, scene, metric)], columns=[*_COLUMNS])
    rows = pd.concat([rows, steep], ignore_index=True) if len(steep) else rows
    overlaps = parcel_overlaps(metric)
    progress("逐块核对规定", 1, 1)
    table = _table(parcels, verdicts, inside, metric, rows, scene)
    return ParcelAnswer(
        question=question,
        scene=scene,
        parcels=table,
        rows=rows,
        overlaps=overlaps,
        missing=missing_layers(scene),
        headline=_headline(table, scene),
        notes=tuple(_notes(table, overlaps, scene)),
    )


_COLUMNS = (
    *("parcel", "kind", "rule", "citation", "layer", "layer_date"),
    *("distance_m", "nearest_m", "area_m2", "share", "text"),
)


def _steep(city: City, scene: Scene, metric: gpd.GeoDataFrame) -> Iterator[dict[str, object]]:
    return steep_parcels(city, scene.question, scene.elevation, metric, scene.cell_m)


def _where(parcels: gpd.GeoDataFrame, scene: Scene) -> tuple["pd.Series[str]", "pd.Series[float]"]:
    """Verdict of parcels that are not judged; share of each that lies in the division."""
    shapes = parcels.geometry.to_numpy()
    sound = np.isin(shapely.get_type_id(shapes), _POLYGONS) & shapely.is_valid(shapes)
    sound &= ~shapely.is_empty(shapes)
    sound[sound] &= np.isfinite(shapely.bounds(shapes[sound])).all(axis=1)
    share = np.zeros(len(shapes))
    area = shapely.area(shapes[sound])
    share[sound] = shapely.area(shapely.intersection(shapes[sound], scene.region.outline)) / area
    verdict = pd.Series(None, index=parcels.index, dtype=object)
    if scene.nothing_examined:
        verdict[:] = ParcelVerdict.NOT_EXAMINED.value
    verdict[share <= _SLIVER] = ParcelVerdict.OUTSIDE.value
    verdict[~sound] = ParcelVerdict.INVALID.value
    return verdict, pd.Series(np.clip(share, 0, 1), index=parcels.index)


def _rows(metric: gpd.GeoDataFrame, drawing: Drawing, scene: Scene) -> Iterator[dict[str, object]]:
    """What each constraint says of each parcel, where it says anything."""
    found = parcel_verdicts(metric, drawing.layers)
    for row in found.to_dict("records"):
        position = int(row["position"])
        layer = drawing.layers[position]
        if row["is_excluded"]:
            said = {"area_m2": row["excluded_m2"], "share": row["excluded_share"]}
            for claim in drawing.claims[position]:
                yield _row(row, claim, layer.mark, scene) | said
        if row["missing_share"] > _SLIVER:
            said = {"area_m2": np.nan, "share": row["missing_share"]}
            for claim in drawing.enders[position]:
                yield _row(row, claim, PlaneKind.MISSING, scene) | said


def _row(
    row: Mapping[object, object], claim: Claim, kind: PlaneKind, scene: Scene
) -> dict[str, object]:
    meta, rule = claim.layer.meta, claim.rule
    nearest = float(str(row["nearest_m"]))
    return {
        "parcel": row["parcel"],
        "kind": kind.value,
        "rule": None if rule is None else rule.id,
        "citation": None if rule is None else rule.citation,
        "layer": meta.title,
        "layer_date": meta.layer_date.isoformat(),
        "distance_m": claim.distance_m,
        "nearest_m": None if np.isinf(nearest) else nearest,
        "text": claim_text(claim, kind, scene.book.edition),
    }


def _table(
    parcels: gpd.GeoDataFrame,
    verdicts: "pd.Series[str]",
    inside: "pd.Series[float]",
    metric: gpd.GeoDataFrame,
    rows: pd.DataFrame,
    scene: Scene,
) -> gpd.GeoDataFrame:
    excluded = rows[rows["kind"] == PlaneKind.EXCLUDED.value]
    unknown = rows[rows["kind"].isin([PlaneKind.MISSING.value, PlaneKind.UNASSESSED.value])]
    marks = excluded.groupby("parcel").size().reindex(parcels.index, fill_value=0)
    missing = unknown.groupby("parcel")["share"].max().reindex(parcels.index)
    judged = np.where(marks > 0, ParcelVerdict.EXCLUDED.value, ParcelVerdict.NOT_FOUND.value)
    verdict = verdicts.where(verdicts.notna(), pd.Series(judged, index=parcels.index, dtype=object))
    sound = parcels.loc[metric.index]
    area = pd.Series(areas_m2(sound.geometry.to_numpy()), sound.index).reindex(parcels.index)
    table = gpd.GeoDataFrame(
        {
            "name": parcels["name"],
            "verdict": verdict,
            "area_m2": area,
            "area_mu": area / M2_A_MU,
            "inside_share": inside,
            "marks": marks,
            "missing_share": missing.fillna(0.0),
        },
        geometry=parcels.geometry,
        crs=CGCS2000_EPSG,
    )
    said = rows.groupby("parcel")["kind"].agg(frozenset)
    table["text"] = [
        "；".join(_words(row, said.get(id, frozenset()), scene))
        for id, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    return table


def _words(row: Mapping[Hashable, Any], kinds: frozenset[str], scene: Scene) -> Iterator[str]:
    """What is said of a parcel, piece by piece."""
    verdict = ParcelVerdict(row["verdict"])
    yield verdict.label_zh
    if verdict not in (ParcelVerdict.EXCLUDED, ParcelVerdict.NOT_FOUND):
        return
    if row["marks"]:
        yield f"{row['marks']} 项规定或要求排除"
    if PlaneKind.APPROVAL.value in kinds:
        yield "有须经批准的土地"
    if PlaneKind.UNCLEAR.value in kinds:
        yield "是否属于禁止范围有须查明之处"
    if row["missing_share"] > 0:
        yield f"至多 {row['missing_share']:.0%} 的面积有图层没有覆盖到或没有高程"
    if row["inside_share"] < 1 - _SLIVER:
        yield f"只有 {row['inside_share']:.0%} 在{scene.region.name}内"
    least = scene.min_area_mu
    if least is not None and Decimal(fixed(Fraction(row["area_mu"]), 2)) < least:
        yield f"{row['area_mu']:,.2f} 亩，小于最小面积 {decimal_text(least)} 亩"


def _headline(table: gpd.GeoDataFrame, scene: Scene) -> str:
    counts = {verdict: int((table["verdict"] == verdict.value).sum()) for verdict in ParcelVerdict}
    named = {verdict.label_zh: count for verdict, count in counts.items() if count}
    return parcels_headline(
        *(len(table), named, scene.rules.gaps, scene.rules.waiting), simulated=scene.simulated
    )


def _notes(table: gpd.GeoDataFrame, overlaps: pd.DataFrame, scene: Scene) -> Iterator[str]:
    for one, other, area in overlaps.itertuples(index=False):
        yield f"地块“{one}”与“{other}”重叠 {area:,.1f} 平方米，合计面积会重复计算"
    for verdict in (ParcelVerdict.OUTSIDE, ParcelVerdict.INVALID):
        ids = [str(id)[:40] for id in table.index[table["verdict"] == verdict.value]]
        if ids:
            more = f" 等 {len(ids)} 块" if len(ids) > 10 else ""
            yield f"{verdict.label_zh}：{'、'.join(ids[:10])}{more}"
    endless = [layer.meta.title for layer in scene.ground.layers if not layer.meta.has_extent]
    if endless:
        yield f"没有写明范围、按全域完整对待的图层：{'、'.join(endless)}"
