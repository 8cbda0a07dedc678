"""Elevation models for the walk network: imported, kept beside the store, and used for slope."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from civgeo.analysis.slope import Elevation, Place
from civgeo.domain.history import moment_text
from civgeo.errors import CrsError, NotFound
from civgeo.formats import jail
from civgeo.formats.elevation import ElevationFacts, read_elevation_file
from civgeo.geo.crs import CrsName, transform_points
from civgeo.geo.datum import Floats, ground_distance_m
from civgeo.services.city import City
from civgeo.store.elevations import ElevationMeta, elevations, load_heights, save_elevation

__all__ = ["LEVEL_GROUND", "chosen_elevation", "elevation_over", "import_elevation"]

LEVEL_GROUND = "none"
"""In place of a digest: no elevation model is used."""

Progress = Callable[[str, int, int], None]


def import_elevation(
    city: City,
    path: Path,
    *,
    crs: str | None = None,
    dry_run: bool = False,
    progress: Progress = lambda label, done, total: None,
) -> ElevationMeta:
    """Check an elevation model and keep it beside the store.

    Parameters
    ----------
    city
        The city.
    path
        GeoTIFF or Esri ASCII grid, heights in metres.
    crs
        ``EPSG:n`` where the file does not say; goes before what it says.
    dry_run
        Whether only to check it.
    progress
        Called with a step, how much of it is done, and how much there is.

    Raises
    ------
    NotFound, ImportRejected
        When there is no such file, or it is no usable elevation model.
    CrsError
        When nobody says what coordinate system it is in.
    StoreUnavailable
        When it cannot be kept.
    """
    directory = city.store.file.parent
    progress("读取高程", 0, 1)
    with TemporaryDirectory(prefix=".civgeo-dem-", dir=directory) as workshop:
        found = read_elevation_file(path, Path(workshop), limits=city.reading)
        named = crs or found.facts.crs
        if named is None:
            text = "高程文件没有写明坐标系，不会猜测：请用 --crs 写明，如 EPSG:4326 或 EPSG:4547"
            raise CrsError(text, code="crs_unknown")
        meta = _described(path, found.facts, CrsName.parse(named))
        progress("读取高程", 1, 1)
        if not dry_run:
            save_elevation(directory, found.heights, meta)
    return meta


def _described(path: Path, facts: ElevationFacts, crs: CrsName) -> ElevationMeta:
    notes = list(facts.notes)
    if facts.beyond:
        notes.append(
            f"{facts.beyond} 个格子的数值不是地面高程（-500 至 9000 米之外），按无数据处理"
        )
    return ElevationMeta(
        digest=jail.sha256(path)[:16],
        source=path.name,
        saved_at=moment_text(datetime.now(UTC)),
        crs=crs.text,
        affine=facts.affine,
        rows=facts.rows,
        columns=facts.columns,
        unknown_share=facts.unknown_share,
        lowest_m=facts.lowest_m,
        highest_m=facts.highest_m,
        cell_m=_cell_m(facts, crs),
        notes=tuple(notes),
    )


def _cell_m(facts: ElevationFacts, crs: CrsName) -> tuple[float, float]:
    """Sides of the cell in the middle of the model, metres on the ground."""
    a, b, c, d, e, f = facts.affine
    column, row = facts.columns / 2, facts.rows / 2
    columns, rows = [column, column + 1, column], [row, row, row + 1]
    x = [a * across + b * down + c for across, down in zip(columns, rows, strict=True)]
    y = [d * across + e * down + f for across, down in zip(columns, rows, strict=True)]
    lon, lat = transform_points(x, y, crs, CrsName.parse("EPSG:4490"))
    far = ground_distance_m(lon[[0, 0]], lat[[0, 0]], lon[1:], lat[1:])
    return round(float(far[0]), 3), round(float(far[1]), 3)


def chosen_elevation(city: City, asked: str | None) -> ElevationMeta | None:
    """The model to use: the newest by default, none for ``none``, or the one asked for.

    Raises
    ------
    NotFound
        When the one asked for is not kept.
    """
    kept = elevations(city.store.file.parent)
    if asked == LEVEL_GROUND:
        return None
    if asked is None:
        return kept[0] if kept else None
    found = [meta for meta in kept if asked and meta.digest.startswith(asked)]
    if len(found) != 1:
        there = "、".join(meta.digest for meta in kept) or "（没有）"
        text = f"没有高程模型 {asked[:40]!r}。已有的：{there}。用 civgeo import 文件 --as dem 导入"
        raise NotFound(text, code="elevation_missing")
    return found[0]


def elevation_over(city: City, meta: ElevationMeta, epsg: int) -> tuple[Elevation, Place]:
    """Heights of a kept model, and the way from metres of the zone `epsg` to its coordinates."""
    heights = load_heights(city.store.file.parent, meta.digest)
    source, target = CrsName.parse(f"EPSG:{epsg}"), CrsName.parse(meta.crs)

    def to_model(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return (x, y) if source == target else transform_points(x, y, source, target)

    return Elevation(heights, meta.affine), to_model
