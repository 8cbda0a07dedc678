"""Elevation models beside the store: ``dem/DIGEST.npy`` and what each is."""

import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from civgeo.errors import NotFound, StoreUnavailable
from civgeo.store.disk import keep, keep_folder

__all__ = ["ELEVATIONS_FOLDER", "ElevationMeta", "elevations", "load_heights", "save_elevation"]

ELEVATIONS_FOLDER = "dem"
_DIGEST = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class ElevationMeta:
    """What a saved elevation model is.

    Parameters
    ----------
    digest
        Beginning of the digest of the file that it came from; the name of its own file.
    source, saved_at
        Name of that file; when it was saved, UTC, as text.
    crs
        ``EPSG:n``.
    affine
        As of `civgeo.analysis.slope.Elevation`.
    rows, columns
        Size.
    unknown_share
        Share of the cells without a height.
    lowest_m, highest_m
        Range of the heights.
    cell_m
        Length of a cell's sides on the ground, east and north, in the middle of the model.
    notes
        What was done on reading, in Chinese.
    """

    digest: str
    source: str
    saved_at: str
    crs: str
    affine: tuple[float, float, float, float, float, float]
    rows: int
    columns: int
    unknown_share: float
    lowest_m: float
    highest_m: float
    cell_m: tuple[float, float]
    notes: tuple[str, ...] = ()


def save_elevation(directory: Path, heights: Path, meta: ElevationMeta) -> None:
    """Keep the array file `heights` beside the store in `directory`.

    Raises
    ------
    StoreUnavailable
        When the disk is full or cannot be written.
    """
    folder = directory / ELEVATIONS_FOLDER
    try:
        folder.mkdir(exist_ok=True)
        draft = folder / f".{meta.digest}.new"
        shutil.copyfile(heights, draft)
        keep(draft)
        draft.replace(folder / f"{meta.digest}.npy")
        draft.write_bytes(orjson.dumps(asdict(meta), option=orjson.OPT_INDENT_2))
        keep(draft)
        draft.replace(folder / f"{meta.digest}.json")
        keep_folder(folder)
    except OSError as error:
        text = f"{folder} 不能写入：{error.strerror}。请检查磁盘空间和写权限"
        raise StoreUnavailable(text, code="store_read_only") from error


def elevations(directory: Path) -> tuple[ElevationMeta, ...]:
    """All saved models, the newest first."""
    folder = directory / ELEVATIONS_FOLDER
    if not folder.is_dir():
        return ()
    found = [_meta(file) for file in folder.glob("*.json") if _DIGEST.fullmatch(file.stem)]
    return tuple(sorted(found, key=lambda meta: (meta.saved_at, meta.digest), reverse=True))


def load_heights(directory: Path, digest: str) -> npt.NDArray[np.float32]:
    """Heights of a saved model, mapped into memory and read only.

    Raises
    ------
    NotFound
        When there is no such model.
    StoreUnavailable
        When its file is damaged.
    """
    file = directory / ELEVATIONS_FOLDER / f"{digest}.npy"
    if not _DIGEST.fullmatch(digest) or not file.is_file():
        text = f"没有高程模型 {digest[:40]!r}：请先 civgeo import 文件 --as dem"
        raise NotFound(text, code="elevation_missing")
    try:
        heights: npt.NDArray[np.float32] = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(file) from error
    return heights


def _meta(file: Path) -> ElevationMeta:
    try:
        raw: dict[str, Any] = orjson.loads(file.read_bytes())
        tuples = {name: tuple(raw[name]) for name in ("affine", "cell_m", "notes")}
        return ElevationMeta(**{**raw, **tuples})
    except (OSError, orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise _damaged(file) from error


def _damaged(file: Path) -> StoreUnavailable:
    text = f"高程模型 {file} 缺失或已损坏：请重新导入（civgeo import 文件 --as dem）"
    return StoreUnavailable(text, code="elevation_damaged")
