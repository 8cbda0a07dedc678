"""Walk networks beside the store: arrays that any number of processes map into memory.

Each version is a folder ``networks/VERSION`` with an array a file, made complete before it gets its
name; ``networks/current`` holds the version in use. Versions are named by their arrays, so the same
streets give the same version on every machine.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import orjson

from civgeo.analysis.walk_network import WalkNetwork
from civgeo.errors import NotFound, StoreUnavailable
from civgeo.store.disk import keep, keep_folder

__all__ = [
    "NETWORKS_FOLDER",
    "NetworkMeta",
    "current_version",
    "load_network",
    "make_current",
    "network_meta",
    "network_version",
    "networks",
    "prune",
    "save_network",
]

NETWORKS_FOLDER = "networks"
_CURRENT, _META = "current", "meta.json"
_VERSION = re.compile(r"[0-9a-f]{16}")
_ARRAYS = (
    *("x", "y", "component", "edge_start", "edge_end", "length_dm", "forward_dm", "backward_dm"),
    *("level", "shape_start", "shape_xy", "row_start", "neighbour", "arc_edge", "toward_dm"),
)
_SLOPED = ("forward_dm", "backward_dm")
"""Not written where both directions count the length of the edge itself."""


@dataclass(frozen=True, slots=True)
class NetworkMeta:
    """What a saved network is.

    Parameters
    ----------
    source, source_sha256, attribution
        The file of the streets, its digest, and whom to name for it; the last may be empty.
    simulated
        Whether the streets are.
    version
        Name of its folder.
    made_at
        When it was made, UTC, as text.
    epsg, nodes, edges, parts
        Metric zone, and how many there are.
    length_km
        Length of all edges.
    loose_share
        Share of the length that hangs together with nothing of the greatest part, 0 to 1.
    streets
        Version of the streets before barriers and crossings; its own where there were none.
    parameters
        What else it was made with: elevation model, edges cut, crossings added.
    notes, findings
        What was found in the streets, and in the barriers and crossings, in Chinese.
    """

    source: str
    source_sha256: str
    attribution: str
    simulated: bool
    version: str = ""
    made_at: str = ""
    epsg: int = 0
    nodes: int = 0
    edges: int = 0
    parts: int = 0
    length_km: float = 0.0
    loose_share: float = 0.0
    streets: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


def network_version(network: WalkNetwork) -> str:
    """Name of a network, from its arrays alone."""
    digest = hashlib.sha256(str(network.epsg).encode())
    for name in _written(network):
        values = getattr(network, name)
        digest.update(f"{name}{values.dtype.str}{values.shape}".encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()[:16]


def _written(network: WalkNetwork) -> tuple[str, ...]:
    plain = all(
        getattr(network, name) is network.length_dm
        or np.array_equal(getattr(network, name), network.length_dm)
        for name in _SLOPED
    )
    return tuple(name for name in _ARRAYS if not (plain and name in _SLOPED))


def save_network(directory: Path, network: WalkNetwork, meta: NetworkMeta) -> None:
    """Write a network beside the store in `directory`; it is not in use before `make_current`.

    A version that is there already keeps its arrays and gets the new description; a damaged one is
    written anew.

    Raises
    ------
    StoreUnavailable
        When the disk is full or cannot be written.
    """
    folder = directory / NETWORKS_FOLDER
    with _disk_errors_in_words(folder):
        folder.mkdir(exist_ok=True)
        if (folder / meta.version).is_dir():
            _write_file(folder / meta.version / _META, _text(meta))
            if _is_whole(directory, meta.version):
                return
            shutil.rmtree(folder / meta.version)
        with TemporaryDirectory(prefix=".draft-", dir=folder) as workshop:
            draft = Path(workshop) / meta.version
            draft.mkdir()
            for name in _written(network):
                np.save(draft / f"{name}.npy", getattr(network, name), allow_pickle=False)
                keep(draft / f"{name}.npy")
            _write_file(draft / _META, _text(meta))
            _put(draft, folder / meta.version)
        keep_folder(folder)


def _put(draft: Path, target: Path) -> None:
    """Give the draft its name; another import may have brought the same arrays meanwhile."""
    try:
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _is_whole(directory: Path, version: str) -> bool:
    try:
        load_network(directory, version)
    except StoreUnavailable:
        return False
    return True


def _text(meta: NetworkMeta) -> bytes:
    return orjson.dumps(asdict(meta), option=orjson.OPT_INDENT_2)


def _write_file(place: Path, content: bytes) -> None:
    """Put `content` in place at once."""
    draft = place.with_name(f".{place.name}.new")
    draft.write_bytes(content)
    keep(draft)
    draft.replace(place)


def make_current(directory: Path, version: str) -> None:
    """Put a saved version in use; raises NotFound, and StoreUnavailable as `save_network`."""
    folder = _folder(directory, version)
    with _disk_errors_in_words(folder.parent):
        _write_file(folder.parent / _CURRENT, version.encode())
        keep_folder(folder.parent)


def current_version(directory: Path) -> str | None:
    """Version in use; None when there is none."""
    try:
        text = (directory / NETWORKS_FOLDER / _CURRENT).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return None
    return text if _VERSION.fullmatch(text) else None


def load_network(directory: Path, version: str) -> WalkNetwork:
    """A saved network, its arrays mapped into memory.

    The arrays are read through once: searches trust their numbers.

    Raises
    ------
    NotFound
        When there is no such version.
    StoreUnavailable
        When a file of it is missing, or the arrays are not those that the version is named by.
    """
    folder, meta = _folder(directory, version), network_meta(directory, version)
    try:
        arrays = {
            # "c": nothing is ever written, but read-only arrays would be compiled for once more
            name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False))
            for name in _ARRAYS
            if name not in _SLOPED or (folder / f"{name}.npy").is_file()
        }
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(folder) from error
    arrays |= {name: arrays["length_dm"] for name in _SLOPED if name not in arrays}
    network = WalkNetwork(epsg=meta.epsg, **arrays)
    if network_version(network) != version:
        raise _damaged(folder)
    return network


def network_meta(directory: Path, version: str) -> NetworkMeta:
    """What a saved version is; raises as `load_network`."""
    return _meta(_folder(directory, version))


def networks(directory: Path) -> tuple[NetworkMeta, ...]:
    """All saved versions, the newest first; raises as `load_network`."""
    return _newest_first(_meta(folder) for folder in _folders(directory))


def _folders(directory: Path) -> list[Path]:
    folder = directory / NETWORKS_FOLDER
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if _VERSION.fullmatch(path.name)]


def _newest_first(metas: Iterable[NetworkMeta]) -> tuple[NetworkMeta, ...]:
    return tuple(sorted(metas, key=lambda meta: (meta.made_at, meta.version), reverse=True))


def prune(directory: Path, number: int) -> tuple[str, ...]:
    """Remove all but the newest `number` versions, the one in use and the streets beneath it.

    A version whose description cannot be read stays, and is in nobody's way.

    Returns
    -------
    tuple of str
        Versions removed. Processes that have one of them open may go on reading it.
    """
    readable = []
    for folder in _folders(directory):
        with suppress(StoreUnavailable):
            readable.append(_meta(folder))
    saved = _newest_first(readable)
    kept = {meta.version for meta in saved[:number]} | {current_version(directory)}
    kept |= {meta.streets for meta in saved if meta.version in kept}
    gone = [meta.version for meta in saved if meta.version not in kept]
    for version in gone:
        shutil.rmtree(_folder(directory, version))
    return tuple(gone)


def _folder(directory: Path, version: str) -> Path:
    folder = directory / NETWORKS_FOLDER / version
    if not _VERSION.fullmatch(version) or not folder.is_dir():
        text = f"没有步行网版本 {version[:40]!r}：请用 civgeo coverage network 查看"
        raise NotFound(text, code="network_missing")
    return folder


def _meta(folder: Path) -> NetworkMeta:
    try:
        raw = orjson.loads((folder / _META).read_bytes())
        return NetworkMeta(**raw | {name: tuple(raw[name]) for name in ("notes", "findings")})
    except (OSError, orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise _damaged(folder) from error


def _damaged(folder: Path) -> StoreUnavailable:
    text = f"步行网 {folder} 的文件缺失或已损坏：请重新导入道路（civgeo import 文件 --as streets）"
    return StoreUnavailable(text, code="network_damaged")


@contextmanager
def _disk_errors_in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{folder} 不能写入：{error.strerror}。请检查磁盘空间和写权限"
        raise StoreUnavailable(text, code="store_read_only") from error
