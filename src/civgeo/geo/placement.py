"""Whether a layer lies where it should: its best-fit shift against outlines that are known.

A shift is how far the layer lies east and north of where it should, in grid metres of the city's
zone; to put the layer right, move it the other way. Nothing is moved here.
"""

from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from civgeo.geo.axes import axes_swapped
from civgeo.geo.crs import FROM_SHIFTED, TO_SHIFTED, Zone, require_crs
from civgeo.geo.datum import Floats
from civgeo.geo.ground import DENSE_DEG, Shapes, coordinates_of, in_metres, places_of, points_at
from civgeo.geo.rings import readable_parts

__all__ = ["Placement", "Verdict", "about_text", "matches", "outline_placement", "shift_text"]

DISPLACED_M = 3000.0
"""From here a shift is a displacement: BD-09, the largest of the known datums, stays below 2 km."""

LEAST_SHIFT_M = 20.0
UNLIKE_M = 500.0
GUESS_M = 60.0
GUESS_MOST_M = 150.0
CLEARLY = 3.0
MOST_SAMPLES = 2400
FEWEST_EACH, MOST_EACH = 20, 160
MOST_MATCHES = 120
STEPS = 40
SETTLED_M = 0.001
_FINE_WINDS = (
    *("东", "东偏北", "东北", "北偏东", "北", "北偏西", "西北", "西偏北"),
    *("西", "西偏南", "西南", "南偏西", "南", "南偏东", "东南", "东偏南"),
)
_WINDS = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")


class Verdict(StrEnum):
    """Where a layer lies."""

    OK = "ok"
    SHIFTED = "shifted"
    DISPLACED = "displaced"
    UNKNOWN = "unknown"

    @property
    def label_zh(self) -> str:
        """Verdict in Chinese."""
        labels = {"ok": "位置相符", "shifted": "整体偏移", "displaced": "位置错误"}
        return labels.get(self.value, "无法判断")


@dataclass(frozen=True, slots=True)
class Placement:
    """Verdict on where a layer lies.

    Parameters
    ----------
    verdict
        ``ok``; ``shifted`` by metres; ``displaced`` by 3 km or more or with swapped axes, to be
        refused; ``unknown`` where nothing can be compared.
    reason
        The verdict in one Chinese sentence, for an officer.
    east_m, north_m
        How far the layer lies east and north of where it should; None where not measured.
    residual_m
        Median distance that is left between the outlines after the best shift.
    matched
        Number of divisions (or points) compared.
    guess
        ``GCJ-02`` or ``BD-09`` when the layer is in that system; converting it is exact.
    strays
        Codes of divisions that lie 3 km or more from where the fit of the others puts them.
    """

    verdict: Verdict
    reason: str
    east_m: float | None = None
    north_m: float | None = None
    residual_m: float | None = None
    matched: int = 0
    guess: str | None = None
    strays: tuple[str, ...] = ()

    @property
    def distance_m(self) -> float | None:
        """Length of the shift."""
        if self.east_m is None or self.north_m is None:
            return None
        return float(np.hypot(self.east_m, self.north_m))


def shift_text(east_m: float, north_m: float) -> str:
    """How far and which way, in Chinese.

    Examples
    --------
    >>> shift_text(540.2, -210.4), shift_text(0.0, 12.0)
    ('向东 580 米（东 540 米，北 -210 米）', '向北 12 米（东 0 米，北 12 米）')
    """
    wind = _WINDS[round(np.degrees(np.arctan2(north_m, east_m)) / 45) % 8]
    return f"向{wind} {np.hypot(east_m, north_m):.0f} 米（东 {east_m:.0f} 米，北 {north_m:.0f} 米）"


def about_text(east_m: float, north_m: float) -> str:
    """About how far and which way, in Chinese, by sixteen winds.

    Examples
    --------
    >>> about_text(540.2, -210.4), about_text(0.0, 12.0), about_text(-300.0, 310.0)
    ('约 580 米，向东偏南', '约 10 米，向北', '约 430 米，向西北')
    """
    wind = _FINE_WINDS[round(np.degrees(np.arctan2(north_m, east_m)) / 22.5) % 16]
    metres = round(float(np.hypot(east_m, north_m)), -1)
    return f"约 {metres:.0f} 米，向{wind}"


def matches(layer: gpd.GeoDataFrame, known: gpd.GeoDataFrame) -> NDArray[np.intp]:
    """Rows of `layer` and of `known` that are one division, array (n, 2) of row numbers.

    By ``code``; a row whose code is not known by ``name``, where that is unique in both. Rows
    without an outline and codes that occur twice do not count.
    """
    here, there = _comparable(layer), _comparable(known)
    by_code = _joined(here, there, "code")
    rest = here.drop(index=[one for one, _ in by_code])
    by_name = _joined(rest, there.drop(index=[other for _, other in by_code]), "name")
    return np.array(sorted([*by_code, *by_name]), dtype=np.intp).reshape(-1, 2)


def _comparable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    numbered = frame[["code", "name", frame.geometry.name]].reset_index(drop=True)
    return numbered[numbered.geometry.notna() & ~numbered.geometry.is_empty]


def _joined(layer: gpd.GeoDataFrame, known: gpd.GeoDataFrame, column: str) -> list[tuple[int, int]]:
    ours = layer[column].dropna().drop_duplicates(keep=False)
    theirs = known[column].dropna().drop_duplicates(keep=False)
    rows = dict(zip(theirs.tolist(), theirs.index.tolist(), strict=True))
    found = zip(ours.index.tolist(), ours.tolist(), strict=True)
    return [(one, rows[value]) for one, value in found if value in rows]


def outline_placement(
    layer: gpd.GeoDataFrame, known: gpd.GeoDataFrame, *, zone: Zone | None = None
) -> Placement:
    """Verdict on a layer of outlines against known outlines of the same divisions.

    The shift is the one that brings the outlines together best: from the median offset of the
    middles, refined on points along the boundaries (iterated closest points with weights that
    fall off with distance), so that a few changed boundaries do not draw it.

    Parameters
    ----------
    layer, known
        EPSG:4490; ``code``, ``name``, outlines. Matched by `matches`.
    zone
        Where metres are measured; None for the zone of each division.

    Raises
    ------
    CrsError
        When a frame is not in EPSG:4490.
    """
    require_crs(layer, known)
    if axes_swapped(layer):
        return Placement(
            Verdict.DISPLACED, "经度和纬度写反了：每个点都是纬度在前。请换过来再导入。"
        )
    pairs = matches(layer, known)
    if not len(pairs):
        return Placement(
            Verdict.UNKNOWN, "图层中没有一个政区能按代码或名称与已知轮廓对上，无法判断位置。"
        )
    ours = readable_parts(layer.geometry.to_numpy()[pairs[:, 0]])
    fit = _Fit.of(ours, known.geometry.to_numpy()[pairs[:, 1]], zone)
    if fit is None:
        return Placement(Verdict.UNKNOWN, "对上的政区离已知轮廓太远或图形不可读，无法量算偏移。")
    strays = layer["code"].astype(str).to_numpy()[pairs[fit.strays, 0]]
    return _judged(fit, tuple(strays.tolist()))


@dataclass(frozen=True, slots=True)
class _Fit:
    """Best shift of matched outlines.

    Parameters
    ----------
    shift, residual_m, matched
        As in `Placement`.
    samples
        Points along the layer's outlines, degrees; `edges` (metres) and `known` (degrees) are the
        outline that each should lie on, `places` a point in each of those outlines.
    strays
        Numbers of the matches that lie 3 km or more from where the fit puts them.
    """

    shift: Floats
    residual_m: float
    matched: int
    samples: Floats
    edges: Shapes
    known: Shapes
    places: Shapes
    zone: Zone | None
    strays: NDArray[np.intp]

    @classmethod
    def of(cls, ours: Shapes, known: Shapes, zone: Zone | None) -> "_Fit | None":
        """The fit, or None when no outline of the layer can be read or projected."""
        usable = _near_enough(ours, known)
        rows = np.flatnonzero(usable)
        if not rows.size:
            return None
        ours, known = ours[rows], known[rows]
        metric = in_metres(ours, zone, where=known)
        theirs = in_metres(known, zone)
        offsets = _middles(metric) - _middles(theirs)
        few = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_MATCHES)).astype(int))
        samples, owners = _along(ours[few])
        # corners in between, so that a straight edge in degrees stays where it is in metres
        edges = shapely.boundary(in_metres(shapely.segmentize(known[few], DENSE_DEG), zone))
        shapely.prepare(edges)
        start = np.median(offsets, axis=0)
        at = coordinates_of(in_metres(points_at(samples), zone, where=known[few][owners]))
        tried = [_closest(at, edges[owners], each) for each in (start, np.zeros(2))]
        shift, residual = min(tried, key=lambda result: result[1])
        strays = rows[np.hypot(*(offsets - shift).T) >= DISPLACED_M]
        return cls(
            shift=shift,
            residual_m=residual,
            matched=len(rows),
            samples=samples,
            edges=edges[owners],
            known=known[few][owners],
            places=points_at(places_of(known[few])),
            zone=zone,
            strays=strays,
        )

    def residual_after(self, system: str) -> float:
        """Median distance to the known outlines when the layer is taken to be in `system`."""
        lon, lat = FROM_SHIFTED[system](self.samples[:, 0], self.samples[:, 1])
        points = in_metres(points_at(np.column_stack([lon, lat])), self.zone, where=self.known)
        return float(np.median(shapely.distance(points, self.edges)))

    def shift_of(self, system: str) -> Floats:
        """Shift that `system` causes at the known outlines."""
        lon, lat = TO_SHIFTED[system](*coordinates_of(self.places).T)
        moved = in_metres(points_at(np.column_stack([lon, lat])), self.zone, where=self.places)
        vectors = coordinates_of(moved) - coordinates_of(in_metres(self.places, self.zone))
        return np.asarray(np.median(vectors, axis=0), dtype=np.float64)


def _near_enough(ours: Shapes, known: Shapes) -> NDArray[np.bool_]:
    """Which outlines lie within 3 degrees of the known ones, so that they can be projected."""
    apart = np.abs(shapely.bounds(ours) - shapely.bounds(known)).max(axis=1)
    return np.asarray(np.nan_to_num(apart, nan=np.inf) < 3.0)


def _middles(shapes: Shapes) -> Floats:
    return coordinates_of(np.asarray(shapely.centroid(shapes), dtype=object))


def _along(shapes: Shapes) -> tuple[Floats, NDArray[np.intp]]:
    """Points at equal steps along the outlines, the same number on each."""
    each = int(np.clip(MOST_SAMPLES // len(shapes), FEWEST_EACH, MOST_EACH))
    owners = np.repeat(np.arange(len(shapes)), each)
    shares = np.tile((np.arange(each) + 0.5) / each, len(shapes))
    lines = np.asarray([_one_line(shape) for shape in shapes], dtype=object)
    points = shapely.line_interpolate_point(lines[owners], shares, normalized=True)
    return coordinates_of(points), owners


def _one_line(shape: shapely.Geometry) -> shapely.Geometry:
    """Longest ring of a shape."""
    rings = shapely.get_parts(shapely.boundary(shape))
    longest: shapely.Geometry = rings[int(np.argmax(shapely.length(rings)))]
    return longest


def _closest(at: Floats, edges: Shapes, start: Floats) -> tuple[Floats, float]:
    """Shift that brings points `at` onto their `edges`, and the median distance that is left."""
    shift = start.copy()
    for _ in range(STEPS):
        away, distance = _away(at - shift, edges)
        # a point's distance is known only across the edge, so each pulls along its own normal
        scale = max(float(np.median(distance)), SETTLED_M)
        weight = 1.0 / (1.0 + (distance / scale) ** 2) ** 2
        normal = away / np.maximum(distance, 1e-12)[:, None]
        pull = (weight[:, None] * normal).T
        step = np.linalg.lstsq(pull @ normal, pull @ distance, rcond=1e-9)[0]
        shift = shift + step
        if np.hypot(*step) < SETTLED_M:
            break
    return shift, float(np.median(_away(at - shift, edges)[1]))


def _away(at: Floats, edges: Shapes) -> tuple[Floats, Floats]:
    """Vector from the nearest place of each edge to its point, and the distance."""
    links = shapely.shortest_line(edges, shapely.points(at))
    ends = shapely.get_coordinates(links).reshape(-1, 2, 2)
    return ends[:, 1] - ends[:, 0], shapely.length(links)


def _judged(fit: _Fit, strays: tuple[str, ...]) -> Placement:
    east, north = (round(float(value), 2) + 0.0 for value in fit.shift)
    distance = float(np.hypot(east, north))
    guess = None
    where = shift_text(east, north)
    if distance >= max(DISPLACED_M, CLEARLY * fit.residual_m):
        verdict = Verdict.DISPLACED
        reason = f"名称对得上，但图层整体{where}，不是坐标系能解释的。请拒绝使用，查明来源。"
    elif fit.residual_m > UNLIKE_M:
        verdict = Verdict.UNKNOWN
        reason = (
            f"移动后与已知轮廓仍相差 {fit.residual_m:.0f} 米（中位数），形状对不上，无法判断偏移。"
        )
    elif distance <= max(LEAST_SHIFT_M, fit.residual_m):
        verdict = Verdict.OK
        reason = f"与已知轮廓的整体偏移 {distance:.0f} 米，在两者差异 {fit.residual_m:.0f} 米之内。"
    else:
        verdict = Verdict.SHIFTED
        guess = _guess(fit)
        reason = f"图层整体{where}。" + (
            f"与 {guess} 的偏移一致，可用 --crs {guess} 精确换算。"
            if guess
            else "不是 GCJ-02 或 BD-09 的偏移，请查明坐标系。"
        )
    return Placement(
        verdict, reason, east, north, round(fit.residual_m, 2), fit.matched, guess, strays
    )


def _guess(fit: _Fit) -> str | None:
    """System whose shift agrees with the fit's, and whose way back fits no worse than the shift."""
    near = float(np.clip(fit.residual_m, GUESS_M, GUESS_MOST_M))
    for system in TO_SHIFTED:
        agrees = np.hypot(*(fit.shift - fit.shift_of(system))) <= near
        if agrees and fit.residual_after(system) <= fit.residual_m * 1.1 + 5.0:
            return system
    return None
