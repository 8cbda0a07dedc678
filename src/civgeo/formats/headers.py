"""Which column of an outside table is which property, and its cells as typed values."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.api.extensions import ExtensionDtype

from civgeo.errors import InvalidInput
from civgeo.formats.findings import Finding, Severity
from civgeo.formats.header_rows import plain_header
from civgeo.formats.values import Parsed, Property, degrees, parser_for

__all__ = ["ColumnMapping", "Coordinates", "parse", "place", "propose", "synonyms"]

MAX_FINDINGS = 20_000
_LON = ("经度", "东经", "lon", "lng", "long", "longitude", "x", "经度(度)", "坐标x", "x坐标")
_LAT = ("纬度", "北纬", "lat", "latitude", "y", "纬度(度)", "坐标y", "y坐标")
_BOTH = ("经纬度", "坐标", "位置坐标", "经纬度坐标", "lnglat", "lonlat", "location")
_DTYPES: Mapping[str, ExtensionDtype] = {
    "integer": pd.Int64Dtype(),
    "number": pd.Float64Dtype(),
    "boolean": pd.BooleanDtype(),
}


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Headers of the columns with coordinates: `lon` and `lat`, or `both` in one column."""

    lon: str = ""
    lat: str = ""
    both: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column stands for which property.

    Parameters
    ----------
    columns
        Property by header of the file.
    coordinates
        Where a table's coordinates stand, None when it has none.
    unmatched
        Headers that stand for nothing known; they are not imported.
    missing
        Names of required properties without a column.
    contested
        Headers that stand for a property which another column took already.
    """

    columns: Mapping[str, str]
    coordinates: Coordinates | None = None
    unmatched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    contested: tuple[str, ...] = field(default=())

    def profile(self) -> str:
        """The mapping as JSON, to be kept and applied to the next file of this kind."""
        own = asdict(self.coordinates) if self.coordinates else None
        return json.dumps(
            {"columns": dict(self.columns), "coordinates": own}, ensure_ascii=False, sort_keys=True
        )

    @classmethod
    def from_profile(
        cls, profile: str, headers: Sequence[str], properties: Iterable[Property]
    ) -> "ColumnMapping | None":
        """Mapping of a saved profile for a file with `headers`; None when a column is not there.

        Raises
        ------
        InvalidInput
            When the profile is malformed or names a property that does not exist.
        """
        known = {item.name: item for item in properties}
        columns, coordinates = _profile(profile)
        unknown = sorted(set(columns.values()) - set(known))
        if unknown:
            raise InvalidInput(f"列对应方案里有不存在的属性：{'、'.join(unknown)}。请重新建立方案")
        used = [*columns, *(_used(coordinates) if coordinates else ())]
        if not set(used) <= set(headers):
            return None
        left = tuple(header for header in headers if header not in used)
        missing = _missing(known.values(), columns.values(), None)
        return cls(columns, coordinates, left, missing)


def _profile(text: str) -> tuple[dict[str, str], Coordinates | None]:
    try:
        raw: dict[str, Any] = json.loads(text)
        columns = {str(key): str(value) for key, value in raw["columns"].items()}
        own = raw.get("coordinates")
        return columns, Coordinates(**own) if own else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput(f"列对应方案读不出来：{error}。请重新建立方案") from None


def _used(coordinates: Coordinates) -> tuple[str, ...]:
    return tuple(filter(None, (coordinates.lon, coordinates.lat, coordinates.both)))


def synonyms(prop: Property) -> tuple[str, ...]:
    """Headers that stand for `prop`, the likeliest first: title, name, further ones."""
    return (prop.title, prop.name, *prop.headers)


def propose(
    headers: Sequence[str],
    properties: Sequence[Property],
    *,
    required: Collection[str] | None = None,
) -> ColumnMapping:
    """Mapping of `headers` to `properties` by their Chinese and English names.

    Parameters
    ----------
    headers
        Headers of the file; of a header over several rows the lowest counts when the whole does
        not fit.
    properties
        Properties that may be imported.
    required
        Names of the properties that need a column; by default those marked required.
    """
    taken: dict[str, str] = {}
    for forms in (_exact, _without_unit, _lowest):
        names = {forms(header): header for header in reversed(headers) if header not in taken}
        for prop in properties:
            if prop.name in taken.values():
                continue
            own = (names.get(forms(text)) for text in synonyms(prop))
            header = next((text for text in own if text and text not in taken), None)
            if header is not None:
                taken[header] = prop.name
    coordinates = _coordinates([header for header in headers if header not in taken])
    used = {*taken, *(_used(coordinates) if coordinates else ())}
    known = {form(text) for prop in properties for text in synonyms(prop) for form in _FORMS}
    left = [header for header in headers if header not in used]
    contested = tuple(header for header in left if {form(header) for form in _FORMS} & known)
    return ColumnMapping(
        {header: taken[header] for header in headers if header in taken},
        coordinates,
        tuple(header for header in left if header not in contested),
        _missing(properties, taken.values(), required),
        contested,
    )


def _exact(text: str) -> str:
    return plain_header(text, keep_parentheses=True)


def _without_unit(text: str) -> str:
    return plain_header(text)


def _lowest(text: str) -> str:
    return plain_header(text.rsplit("/", 1)[-1])


_FORMS: tuple[Callable[[str], str], ...] = (_exact, _without_unit, _lowest)


def _missing(
    properties: Iterable[Property], taken: Iterable[str], required: Collection[str] | None
) -> tuple[str, ...]:
    there = set(taken)
    needed = (
        item.name
        for item in properties
        if (item.required if required is None else item.name in required)
    )
    return tuple(name for name in needed if name not in there)


def _coordinates(headers: Sequence[str]) -> Coordinates | None:
    names = {_lowest(header): header for header in reversed(headers)}

    def first(wanted: Sequence[str]) -> str:
        return next((names[_lowest(text)] for text in wanted if _lowest(text) in names), "")

    lon, lat, both = first(_LON), first(_LAT), first(_BOTH)
    if lon and lat:
        return Coordinates(lon, lat)
    return Coordinates(both=both) if both else None


def parse(
    frame: pd.DataFrame, mapping: ColumnMapping, properties: Sequence[Property]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Typed columns out of the columns of an outside file.

    Parameters
    ----------
    frame
        As `checked.CheckedFile.frame` gives it: index the row number in the file.
    mapping
        Which column is which property.
    properties
        Types, units, choices and requiredness.

    Returns
    -------
    DataFrame
        Index and order of `frame`; one column per mapped property: Int64, Float64, boolean, or
        object with text, codes of closed lists, dates as YYYY-MM-DD. What could not be read is
        missing, and stands among the findings. A GeoDataFrame keeps its geometry.
    list of Finding
        By row and column; errors and notes. Beyond 20,000 only their number.
    """
    known = {item.name: item for item in properties}
    result: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for header, name in mapping.columns.items():
        values, own = _parse_column(frame[header], header, known[name])
        result[name] = values
        findings += own
    typed = pd.DataFrame(result, index=frame.index)
    if isinstance(frame, gpd.GeoDataFrame):
        typed = gpd.GeoDataFrame(typed, geometry=frame.geometry, crs=frame.crs)
    findings.sort(key=lambda item: item.row)
    return typed, _capped(findings)


def _capped(findings: list[Finding]) -> list[Finding]:
    if len(findings) <= MAX_FINDINGS:
        return findings
    more = findings[MAX_FINDINGS:]
    wrong = any(item.severity is Severity.ERROR for item in more)
    severity = Severity.ERROR if wrong else Severity.NOTE
    told = Finding(0, "", "", f"另有 {len(more)} 处问题没有列出", severity)
    return [*findings[:MAX_FINDINGS], told]


def _texts(column: pd.Series) -> list[str]:
    """Distinct values of a column as text; whole numbers without a point."""
    return [_text(value) for value in column]


def _text(value: object) -> str:
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)


def _parse_column(
    column: pd.Series, header: str, prop: Property
) -> tuple[pd.Series, list[Finding]]:
    """One column; each distinct value is read once."""
    read = parser_for(prop)
    places, distinct = pd.factorize(column)
    texts = _texts(pd.Series(distinct, dtype=object))
    parsed = [*(_required(read(text), prop) for text in texts), _required(Parsed(None), prop)]
    values = np.asarray([item.value for item in parsed], dtype=object)[places]
    typed = pd.Series(values, index=column.index, name=prop.name, dtype=object)
    shown = [*texts, ""]
    told = np.asarray([bool(item.error or item.note) for item in parsed])[places]
    findings = []
    for row in np.flatnonzero(told):
        item = parsed[places[row]]
        severity = Severity.ERROR if item.error else Severity.NOTE
        message = item.error or item.note
        number = int(column.index[int(row)])
        findings.append(Finding(number, header, shown[places[row]][:100], message, severity))
    dtype = None if prop.choices else _DTYPES.get(prop.type)
    return typed.astype(dtype) if dtype else typed, findings


def _required(parsed: Parsed, prop: Property) -> Parsed:
    if parsed.value is None and prop.required and not parsed.error:
        return Parsed(None, f"{prop.title}必填，此格为空")
    return parsed


def place(frame: pd.DataFrame, coordinates: Coordinates) -> tuple[gpd.GeoSeries, list[Finding]]:
    """Points out of a table's coordinate columns, without a CRS: the caller knows or asks.

    Parameters
    ----------
    frame
        As for `parse`.
    coordinates
        Headers of the coordinate columns. Numbers, degrees-minutes-seconds, hemisphere letters;
        several figures in one column are split at a comma, semicolon or blank.

    Returns
    -------
    GeoSeries
        Points x, y (longitude first) on the index of `frame`; None where a figure is missing.
    list of Finding
        Figures that cannot be read, and rows with one of the two only.
    """
    lon_texts, lat_texts, lon_header, lat_header = _figures(frame, coordinates)
    lon, findings = _read_figures(lon_texts, lon_header, frame.index, "EW东西")
    lat, more = _read_figures(lat_texts, lat_header, frame.index, "NS北南")
    findings += more
    whole = np.isfinite(lon) & np.isfinite(lat)
    told = {item.row for item in findings if item.severity is Severity.ERROR}
    for row in np.flatnonzero(np.isfinite(lon) ^ np.isfinite(lat)):
        number = int(frame.index[int(row)])
        if number not in told:
            header = lat_header if np.isfinite(lon[row]) else lon_header
            findings.append(Finding(number, header, "", "经度和纬度只填了一个：请补全"))
    points = np.full(len(frame), None, dtype=object)
    points[whole] = shapely.points(lon[whole], lat[whole])
    return gpd.GeoSeries(points, index=frame.index), findings


def _figures(
    frame: pd.DataFrame, coordinates: Coordinates
) -> tuple[list[str], list[str], str, str]:
    """Texts of the longitudes and latitudes, and the headers that they stand under."""
    if not coordinates.both:
        columns = [frame[header] for header in (coordinates.lon, coordinates.lat)]
        first, second = (
            [_text(value) if given else "" for value, given in zip(column, known, strict=True)]
            for column, known in ((column.tolist(), column.notna()) for column in columns)
        )
        return first, second, coordinates.lon, coordinates.lat
    texts = frame[coordinates.both].astype(object)
    cleaned = texts.where(texts.notna(), "").astype(str).str.strip(" ()（）[]【】")
    parts = cleaned.str.split(r"\s*[,，;；、\s]\s*", n=1, regex=True)
    lon = [item[0] for item in parts]
    lat = [item[1] if len(item) > 1 else "" for item in parts]
    return lon, lat, coordinates.both, coordinates.both


def _read_figures(
    texts: Sequence[str], header: str, index: pd.Index, letters: str
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], list[Finding]]:
    plain = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce")
    values = plain.to_numpy(dtype=np.float64, copy=True)
    values[~np.isfinite(values)] = np.nan
    findings = []
    for row in np.flatnonzero(np.isnan(values)):
        text = texts[int(row)]
        parsed = degrees(text, letters)
        if isinstance(parsed.value, float):
            values[row] = parsed.value
        if parsed.error or parsed.note:
            severity = Severity.ERROR if parsed.error else Severity.NOTE
            message = parsed.error or parsed.note
            findings.append(Finding(int(index[int(row)]), header, text[:100], message, severity))
    return values, findings
