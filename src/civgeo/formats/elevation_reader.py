"""Inside the jail: elevation models (GeoTIFF, Esri ASCII grid) into one plain array."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from civgeo.errors import ImportRejected

__all__ = ["read_elevation"]

MAX_CELLS = 100_000_000
"""A prefecture of 150 km a side at 15 m."""

LOWEST_M, HIGHEST_M = -500.0, 9000.0
"""Heights beyond are no heights of the ground: taken as not known."""

_BLOCK_CELLS = 4_000_000
_GEOTIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_ASCII_GRID = b"ncols"
_OWN_OPTIONS = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "64"}


def read_elevation(path: Path, folder: Path) -> None:
    """Read the heights of `path` into ``folder/heights.npy``, and what they are into a JSON file.

    Heights are float32 metres, NaN where not known. ``elevation.json`` holds ``format``, ``crs``
    (``EPSG:n``, or None), ``affine``, ``rows``, ``columns``, ``unknown``, ``lowest_m``,
    ``highest_m`` and ``notes``.

    Raises
    ------
    ImportRejected
        When it is no elevation model, damaged, too large, or has no place on the ground.
    """
    driver = _driver(path)
    os.environ.update(_OWN_OPTIONS)
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(path, driver=driver) as model:
            facts = _facts(model)
            facts |= _copy(model, folder / "heights.npy")
    except RasterioError as error:
        raise ImportRejected(
            f"高程文件已损坏或不完整，读不出来。请重新导出。（{str(error)[:160]}）",
            code="broken_file",
        ) from None
    if facts["unknown"] == facts["rows"] * facts["columns"]:
        raise ImportRejected("高程文件里没有一个有效的高程。", code="empty_layer")
    text = json.dumps(facts, ensure_ascii=False)
    (folder / "elevation.json").write_text(text, encoding="utf-8")


def _driver(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(_GEOTIFF):
        return "GTiff"
    if head.lstrip().lower().startswith(_ASCII_GRID):
        return "AAIGrid"
    raise ImportRejected(
        "不能导入：这个文件不是高程模型。可导入的格式：GeoTIFF（.tif）、Esri ASCII 栅格（.asc）。",
        code="unsupported_format",
    )


def _facts(model: Any) -> dict[str, Any]:  # noqa: ANN401 - rasterio carries no types
    cells = model.width * model.height
    if cells > MAX_CELLS:
        raise ImportRejected(
            f"高程模型有 {cells / 1e6:,.0f} 百万个格子，最多 {MAX_CELLS / 1e6:.0f} 百万。"
            "请裁剪到本市范围，或降低分辨率。",
            code="too_many_cells",
        )
    if np.dtype(model.dtypes[0]).kind not in "iuf":
        raise ImportRejected("高程文件的数值不是高程（复数）。", code="not_heights")
    if model.transform.is_identity:
        raise ImportRejected("高程文件没有定位信息。请导出带坐标的 GeoTIFF。", code="no_place")
    notes = [] if model.count == 1 else [f"文件有 {model.count} 个波段，只读取第 1 个"]
    number = model.crs.to_epsg() if model.crs else None
    return {
        "format": "GeoTIFF" if model.driver == "GTiff" else "Esri ASCII",
        "crs": None if number is None else f"EPSG:{number}",
        "affine": list(model.transform)[:6],
        "rows": model.height,
        "columns": model.width,
        "notes": notes,
    }


def _copy(model: Any, target: Path) -> dict[str, Any]:  # noqa: ANN401 - rasterio carries no types
    """Write the heights a band of rows at a time; what they range over."""
    lowest, highest, unknown, odd = np.inf, -np.inf, 0, 0
    at_once = max(1, _BLOCK_CELLS // model.width)
    scale, offset = model.scales[0], model.offsets[0]
    with target.open("wb") as file:
        header = {
            "descr": np.lib.format.dtype_to_descr(np.dtype("<f4")),
            "fortran_order": False,
            "shape": (model.height, model.width),
        }
        np.lib.format.write_array_header_1_0(file, header)
        for first in range(0, model.height, at_once):
            last = min(first + at_once, model.height)
            given = model.read(1, window=((first, last), (0, model.width)), masked=True)
            heights = given.astype("<f4").filled(np.nan) * np.float32(scale) + np.float32(offset)
            beyond = (heights < LOWEST_M) | (heights > HIGHEST_M) | np.isinf(heights)
            heights[beyond] = np.nan
            missing = np.isnan(heights)
            odd += int(beyond.sum())
            unknown += int(missing.sum())
            if not missing.all():
                lowest = min(lowest, float(np.nanmin(heights)))
                highest = max(highest, float(np.nanmax(heights)))
            file.write(np.ascontiguousarray(heights, dtype="<f4").tobytes())
    known = bool(np.isfinite(lowest))
    return {
        "unknown": unknown,
        "beyond": odd,
        "lowest_m": lowest if known else None,
        "highest_m": highest if known else None,
    }
