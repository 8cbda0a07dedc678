"""What the features of a constraint layer are: one kind for all, or land classes of a column."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.errors import ImportRejected, InvalidInput
from civgeo.formats.cemetery_rules import land_feature
from civgeo.services.layer_files import column_of, texts_of

__all__ = ["KindedFeatures", "kinded", "layer_kind"]

NAMES = ("名称", "name", "地名", "mc", "水库名称", "河流名称", "道路名称", "路名", "线路名称")
SHOWN = 8
_CODE_DIGITS = (1, 3)
"""Digits of a code of land whose 0 in front a table of numbers has lost."""


@dataclass(frozen=True, slots=True, eq=False)
class KindedFeatures:
    """Features with what each is.

    Parameters
    ----------
    frame
        Columns kind, label, name, and the shapes of the file.
    covers
        What the layer tells of; empty for one of the bureau's own.
    notes
        What was found, in Chinese.
    """

    frame: gpd.GeoDataFrame
    covers: tuple[SiteFeature, ...]
    notes: tuple[str, ...]


def layer_kind(text: str) -> SiteFeature:
    """Kind that a word or Chinese label names: ``reservoir`` or 水库.

    Raises
    ------
    InvalidInput
        For any other word, with those that there are.

    Examples
    --------
    >>> layer_kind("水库") is layer_kind("reservoir")
    True
    """
    found = land_feature(text)
    if found is None:
        known = "、".join(
            f"{feature.value}（{feature.label_zh}）"
            for feature in SiteFeature
            if feature is not SiteFeature.NAMED_AREA
        )
        raise InvalidInput(f"没有图层种类“{text[:40]}”；可用：{known}", code="unknown_kind")
    return found


def kinded(
    raw: gpd.GeoDataFrame, kind: SiteFeature | None, kind_column: str | None
) -> KindedFeatures:
    """Features of a file with kind, label and name.

    Parameters
    ----------
    raw
        The file's own columns and shapes.
    kind
        What all of them are.
    kind_column
        Column of land classes, by code or name; words that name something else, such as 国道, are
        taken where the column holds no land class. With neither, the layer is the bureau's own.

    Raises
    ------
    InvalidInput
        When both are given, or there is no such column.
    ImportRejected
        When the column holds no class that is known.
    """
    if kind is not None and kind_column is not None:
        text = "图层种类（kind）和地类列（kind_column）只写一项"
        raise InvalidInput(text, code="bad_value")
    named = column_of(raw, NAMES)
    names = texts_of(raw[named]) if named else pd.Series("", index=raw.index, dtype=object)
    if kind_column is not None:
        return _classified(raw, kind_column, names)
    word = "" if kind is None else kind.value
    covers = () if kind is None else (kind,)
    return KindedFeatures(_frame(raw, word, names, names), covers, ())


def _frame(
    raw: gpd.GeoDataFrame, kinds: "pd.Series[str] | str", labels: pd.Series, names: pd.Series
) -> gpd.GeoDataFrame:
    columns = {"kind": kinds, "label": labels, "name": names}
    return gpd.GeoDataFrame(columns, geometry=raw.geometry.to_numpy(), index=raw.index, crs=raw.crs)


def _classified(raw: gpd.GeoDataFrame, column: str, names: pd.Series) -> KindedFeatures:
    found = column_of(raw, [column])
    if found is None:
        there = "、".join(str(name) for name in raw.columns if name != raw.geometry.name)
        text = f"没有“{column[:40]}”列，现有：{there[:300] or '（没有属性列）'}"
        raise InvalidInput(text, code="no_such_column")
    labels, lost = _words(raw[found])
    known = {word: land_feature(word) for word in labels.unique()}
    features = {feature for feature in known.values() if feature is not None}
    land = features & LAND_COVERS
    if not features:
        text = f"“{column[:40]}”列没有一个认得的地类：{_listed(labels, [*known])}"
        raise ImportRejected(f"{text}。应为国家地类代码或名称，请核对列名", code="no_land_class")
    kinds = {
        word: feature.value if feature is not None and (feature in land or not land) else ""
        for word, feature in known.items()
    }
    strange = [word for word, kind in kinds.items() if not kind]
    notes = [f"{lost} 个要素的地类代码丢了前导零，已补上"] if lost else []
    if strange:
        number = int(labels.isin(strange).sum())
        text = f"{number} 个要素的地类不在对照表中，按未知地类保留，不作判断"
        notes.append(f"{text}：{_listed(labels, strange)}")
    covers = tuple(
        feature for feature in SiteFeature if feature in (LAND_COVERS if land else features)
    )
    frame = _frame(raw, labels.map(kinds), labels, names)
    return KindedFeatures(frame, covers, tuple(notes))


def _words(column: pd.Series) -> tuple[pd.Series, int]:
    """Words of land classes, and how many got back the 0 that a column of numbers loses."""
    words = texts_of(column)
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return words, 0
    short = words.str.isdecimal() & words.str.len().isin(_CODE_DIGITS)
    return words.where(~short, "0" + words), int(short.sum())


def _listed(labels: pd.Series, words: Sequence[str]) -> str:
    counts = labels[labels.isin(words)].value_counts()
    shown = [f"{word or '（空）'} {number}" for word, number in counts.head(SHOWN).items()]
    more = f" 等 {len(counts)} 种" if len(counts) > SHOWN else ""
    return "、".join(shown) + more
