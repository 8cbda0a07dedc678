"""Reference lists that travel with the package: code lineage, standards, county seats.

Their origin, licence, date and sha256 stand in ``data/boundaries/SOURCES.md`` and
``data/gazetteer/SOURCES.md``.
"""

import csv
import io
import json
from decimal import Decimal
from functools import cache

import geopandas as gpd
import pandas as pd

from civgeo.assets import packaged_data
from civgeo.domain.division import DivisionLevel
from civgeo.domain.lineage import DivisionPeriod, Lineage
from civgeo.domain.standard import Standard, StandardBook

__all__ = ["county_lineage", "edition", "populated_places", "seats", "standards"]


@cache
def county_lineage() -> Lineage:
    """Lineage of the codes of provinces, prefectures and counties, 1980 to 2024.

    Derived from the Ministry's yearly lists; every successor in it is inferred.
    """
    periods = tuple(_period(row) for row in _rows("boundaries/county_lineage.csv"))
    return Lineage(periods, max(period.last_year for period in periods))


@cache
def standards() -> StandardBook:
    """Standard records of the packaged edition, drafts included but switched off."""
    records = tuple(_standard(row) for row in _rows("gazetteer/standards.csv"))
    return StandardBook(records, edition())


def edition() -> str:
    """Name of the packaged edition of the standards, such as ``2026.11``."""
    text = packaged_data("gazetteer/edition.json").read_text(encoding="utf-8")
    return str(json.loads(text)["edition"])


def seats() -> gpd.GeoDataFrame:
    """Seats of counties and districts: points of GeoNames (CC BY 4.0, to be attributed).

    Returns
    -------
    GeoDataFrame
        Index ``code`` (six digits), EPSG:4490: ``name`` of the division, ``seat_name``,
        ``geonameid``, ``feature_code``, ``basis`` (how the place was told to be the seat),
        ``geometry`` POINT. Coordinates are WGS84, which agrees with CGCS2000 to centimetres.
        Districts without such a place are missing.
    """
    rows = _rows("gazetteer/seats.csv")
    table = pd.DataFrame({key: [row[key] for row in rows] for key in rows[0]})
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    columns = ["code", "name", "seat_name", "geonameid", "feature_code", "basis"]
    frame = gpd.GeoDataFrame(table[columns], geometry=points, crs="EPSG:4490")
    return frame.set_index("code")


def populated_places() -> gpd.GeoDataFrame:
    """Populated places with a Chinese name: points of GeoNames (CC BY 4.0, to be attributed).

    Returns
    -------
    GeoDataFrame
        Index ``geonameid``, EPSG:4490: ``name``, ``county`` (six digits, of the district whose
        outline holds the point), ``feature_code``, ``geometry`` POINT.
    """
    rows = _rows("gazetteer/populated_places.csv")
    table = pd.DataFrame({key: [row[key] for row in rows] for key in rows[0]})
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    columns = ["geonameid", "name", "county", "feature_code"]
    frame = gpd.GeoDataFrame(table[columns], geometry=points, crs="EPSG:4490")
    return frame.set_index("geonameid")


def _rows(name: str) -> list[dict[str, str]]:
    text = packaged_data(name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _period(row: dict[str, str]) -> DivisionPeriod:
    return DivisionPeriod(
        DivisionLevel(row["level"]),
        row["code"],
        row["name"],
        int(row["first_year"]),
        int(row["last_year"]),
        tuple(row["successors"].split("|")) if row["successors"] else (),
        row["successor_basis"] == "inferred",
    )


def _standard(row: dict[str, str]) -> Standard:
    return Standard(
        id=row["id"],
        topic=row["topic"],
        place=row["place"],
        adcode=row["adcode"],
        regulation=row["regulation"],
        document_no=row["document_no"],
        article=row["article"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        quantity=row["quantity"],
        estate_class=row["estate_class"],
        area_basis=row["area_basis"],
        operator=row["operator"],
        value=Decimal(row["value"]) if row["value"] else None,
        unit=row["unit"],
        applies_to=row["applies_to"],
        evidence=row["evidence"],
        note=row["note"],
        enabled=row["enabled"] == "true",
        repeats=row["repeats"],
    )
