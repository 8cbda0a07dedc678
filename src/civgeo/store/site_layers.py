"""Constraint layers beside the store: ``site_layers/DIGEST/`` with shapes, words and what each is.

A layer is evidence: it is written complete before it gets its name, never changed, and never
removed. One that should no longer be taken unasked is hidden.
"""

import hashlib
import re
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import shapely

from civgeo.domain.site_features import SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import NotFound, StoreUnavailable
from civgeo.store.disk import keep, keep_folder

__all__ = [
    "LAYER_COLUMNS",
    "SITE_LAYERS_FOLDER",
    "hidden_layers",
    "layer_digest",
    "layer_extent",
    "layer_metas",
    "load_layer",
    "save_layer",
    "set_hidden",
]

SITE_LAYERS_FOLDER = "site_layers"
LAYER_COLUMNS = ("kind", "label", "name")
"""Columns of a layer beside its shapes; texts, empty where there is none."""

_META, _WORDS, _SHAPES, _ENDS = "meta.json", "words.json", "shapes.npy", "ends.npy"
_EXTENT, _HIDDEN = "extent.wkb", "hidden"
_DIGEST = re.compile(r"[0-9a-f]{16}")
_NAMED_BY = ("title", "covers", "layer_date", "source", "own_distance_m", "simulated")
"""What is said of a layer that makes it this layer; when and from what system it came does not."""


def layer_digest(
    meta: SiteLayerMeta, features: gpd.GeoDataFrame, extent: shapely.Geometry | None
) -> str:
    """Name of a layer, from its shapes, their words, its extent, and what is said of it."""
    digest = hashlib.sha256(orjson.dumps([getattr(meta, name) for name in _NAMED_BY]))
    digest.update(_words(features))
    for shape in _wkb(features):
        digest.update(shape)
    digest.update(b"" if extent is None else shapely.to_wkb(extent))
    return digest.hexdigest()[:16]


def _words(features: gpd.GeoDataFrame) -> bytes:
    return orjson.dumps({name: features[name].tolist() for name in LAYER_COLUMNS})


def _wkb(features: gpd.GeoDataFrame) -> list[bytes]:
    return [*shapely.to_wkb(features.geometry.to_numpy(), byte_order=1)]


def save_layer(
    directory: Path,
    meta: SiteLayerMeta,
    features: gpd.GeoDataFrame,
    extent: shapely.Geometry | None,
) -> SiteLayerMeta:
    """Keep a layer beside the store in `directory`, and what it is as it is kept.

    A layer that is there already stays as it is and its description is returned; a damaged one is
    written anew.

    Parameters
    ----------
    directory
        Folder of the store.
    meta
        Its digest as `layer_digest` gives it.
    features
        EPSG:4490; the columns of `LAYER_COLUMNS` and shapes.
    extent
        Where the layer ends, EPSG:4490.

    Raises
    ------
    StoreUnavailable
        When the disk is full or cannot be written.
    """
    folder = directory / SITE_LAYERS_FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with TemporaryDirectory(prefix=".draft-", dir=folder) as workshop:
            if (kept := _kept(directory, meta.digest)) is not None:
                return kept
            draft = Path(workshop) / meta.digest
            draft.mkdir()
            _write(draft, meta, features, extent)
            _put(draft, folder / meta.digest, Path(workshop) / "damaged")
        keep_folder(folder)
    except OSError as error:
        text = f"{folder} 不能写入：{error.strerror}。请检查磁盘空间和写权限"
        raise StoreUnavailable(text, code="store_read_only") from error
    return meta


def _kept(directory: Path, digest: str) -> SiteLayerMeta | None:
    """Description of a layer that is there whole; None without one."""
    if not (directory / SITE_LAYERS_FOLDER / digest).is_dir():
        return None
    try:
        load_layer(directory, digest)
        return _meta(directory / SITE_LAYERS_FOLDER / digest)
    except StoreUnavailable:
        return None


def _write(
    draft: Path,
    meta: SiteLayerMeta,
    features: gpd.GeoDataFrame,
    extent: shapely.Geometry | None,
) -> None:
    shapes = _wkb(features)
    np.save(draft / _SHAPES, np.frombuffer(b"".join(shapes), dtype=np.uint8), allow_pickle=False)
    lengths = np.fromiter(map(len, shapes), dtype=np.int64, count=len(shapes))
    np.save(draft / _ENDS, np.cumsum(lengths), allow_pickle=False)
    (draft / _WORDS).write_bytes(_words(features))
    if extent is not None:
        (draft / _EXTENT).write_bytes(shapely.to_wkb(extent))
    (draft / _META).write_bytes(orjson.dumps(asdict(meta), option=orjson.OPT_INDENT_2))
    for file in draft.iterdir():
        keep(file)


def _put(draft: Path, target: Path, aside: Path) -> None:
    """Give the draft its name; another import may have brought the same layer meanwhile."""
    if target.is_dir():
        target.rename(aside)
    try:
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def layer_metas(directory: Path) -> tuple[SiteLayerMeta, ...]:
    """All layers, the newest state first; of one day the one imported last.

    Raises
    ------
    StoreUnavailable
        When the description of one is damaged.
    """
    folder = directory / SITE_LAYERS_FOLDER
    if not folder.is_dir():
        return ()
    found = [_meta(path) for path in folder.iterdir() if _DIGEST.fullmatch(path.name)]
    return tuple(
        sorted(found, key=lambda meta: (meta.layer_date, meta.saved_at, meta.digest), reverse=True)
    )


def load_layer(
    directory: Path, digest: str
) -> tuple[SiteLayerMeta, gpd.GeoDataFrame, shapely.Geometry | None]:
    """A layer: what it is, its features (EPSG:4490), and where it ends.

    Raises
    ------
    NotFound
        When there is no such layer.
    StoreUnavailable
        When its files are missing, or are not those that it is named by.
    """
    folder = _folder(directory, digest)
    meta = _meta(folder)
    try:
        content = np.load(folder / _SHAPES, allow_pickle=False).tobytes()
        ends = np.load(folder / _ENDS, allow_pickle=False).tolist()
        words = orjson.loads((folder / _WORDS).read_bytes())
        wkb = [content[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        features = gpd.GeoDataFrame(
            {name: np.asarray(words[name], dtype=object) for name in LAYER_COLUMNS},
            geometry=shapely.from_wkb(np.asarray(wkb, dtype=object)),
            crs=4490,
        )
        extent = layer_extent(directory, meta)
    except (OSError, ValueError, KeyError, EOFError, shapely.GEOSException) as error:
        raise _damaged(folder) from error
    if layer_digest(meta, features, extent) != digest:
        raise _damaged(folder)
    return meta, features, extent


def layer_extent(directory: Path, meta: SiteLayerMeta) -> shapely.Geometry | None:
    """Where a layer ends, EPSG:4490; None where it does not say. Raises as `load_layer`."""
    if not meta.has_extent:
        return None
    folder = _folder(directory, meta.digest)
    try:
        return shapely.from_wkb((folder / _EXTENT).read_bytes())
    except (OSError, shapely.GEOSException) as error:
        raise _damaged(folder) from error


def hidden_layers(directory: Path) -> frozenset[str]:
    """Digests of the layers that are taken only when asked for."""
    folder = directory / SITE_LAYERS_FOLDER
    return frozenset(file.parent.name for file in folder.glob(f"*/{_HIDDEN}"))


def set_hidden(directory: Path, digest: str, *, hidden: bool) -> None:
    """Take a layer out of those that are taken unasked, or bring it back.

    Raises
    ------
    NotFound
        When there is no such layer.
    StoreUnavailable
        When the disk cannot be written.
    """
    mark = _folder(directory, digest) / _HIDDEN
    try:
        if hidden:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)
    except OSError as error:
        text = f"{mark} 不能写入：{error.strerror}。请检查写权限"
        raise StoreUnavailable(text, code="store_read_only") from error


def _folder(directory: Path, digest: str) -> Path:
    folder = directory / SITE_LAYERS_FOLDER / digest
    if not _DIGEST.fullmatch(digest) or not folder.is_dir():
        text = f"没有图层 {digest[:40]!r}：请用 civgeo cemeteries layers 查看"
        raise NotFound(text, code="layer_missing")
    return folder


def _meta(folder: Path) -> SiteLayerMeta:
    try:
        raw: dict[str, Any] = orjson.loads((folder / _META).read_bytes())
        covers = tuple(SiteFeature(word) for word in raw["covers"])
        day, notes = date.fromisoformat(raw["layer_date"]), tuple(raw["notes"])
        found = SiteLayerMeta(**raw | {"covers": covers, "layer_date": day, "notes": notes})
        return replace(found, digest=folder.name)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _damaged(folder) from error


def _damaged(folder: Path) -> StoreUnavailable:
    text = f"图层 {folder} 的文件缺失或已损坏：请重新导入（civgeo cemeteries layer）"
    return StoreUnavailable(text, code="layer_damaged")
