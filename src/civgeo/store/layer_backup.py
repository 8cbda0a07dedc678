"""Constraint layers in backups: one zip beside the GeoPackage, told in the same manifest."""

import re
import zipfile
from pathlib import Path

from civgeo.errors import StoreUnavailable
from civgeo.store.disk import digest, keep
from civgeo.store.own_backup import OwnCopy
from civgeo.store.site_layers import SITE_LAYERS_FOLDER, load_layer

__all__ = ["layer_copy_of", "pack_layers", "unpack_layers"]

_INSIDE = re.compile(r"[0-9a-f]{16}/[a-z]+(\.[a-z]+)?")
"""What a file of a layer is called, from the folder of the layers on."""


def layer_copy_of(backup: Path) -> Path:
    """Where the zip of the layers of a backup lies."""
    return backup.with_name(f"{backup.name}.layers.zip")


def pack_layers(directory: Path, target: Path) -> OwnCopy | None:
    """Write the layers of the store in `directory` as a zip; None without any.

    Nothing is compressed, so that a zip holds no more than it is long.
    """
    folder = directory / SITE_LAYERS_FOLDER
    files = sorted(folder.glob("*/*")) if folder.is_dir() else []
    named = [(file, file.relative_to(folder).as_posix()) for file in files]
    whole = [(file, name) for file, name in named if _INSIDE.fullmatch(name)]
    if not whole:
        return None
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as packed:
        for file, name in whole:
            packed.write(file, name)
    keep(target)
    return OwnCopy(len(whole), target.stat().st_size, digest(target))


def unpack_layers(copy: OwnCopy, backup: Path, directory: Path) -> str:
    """Bring the layers of a backup into `directory`, and read each of them.

    Returns
    -------
    str
        What is wrong with them, in an officer's words; empty when all are whole.
    """
    source = layer_copy_of(backup)
    if not source.is_file():
        return f"缺少选址图层的备份 {source.name}：请把它与备份放在一起"
    if digest(source) != copy.sha256:
        return f"{source.name} 的校验和与清单不符：文件被改动或没有复制完整"
    folder = directory / SITE_LAYERS_FOLDER
    try:
        with zipfile.ZipFile(source) as packed:
            if not _is_as_packed(packed, copy):
                return f"{source.name} 的内容与清单不符：文件名、个数或压缩方式不对"
            packed.extractall(folder)
        for layer in sorted(folder.iterdir()):
            for file in layer.iterdir():
                keep(file)
            load_layer(directory, layer.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        return f"{source.name} 不能解开：{error}"
    except StoreUnavailable as error:
        return error.message
    return ""


def _is_as_packed(packed: zipfile.ZipFile, copy: OwnCopy) -> bool:
    items = packed.infolist()
    plain = all(
        _INSIDE.fullmatch(item.filename) and item.compress_type == zipfile.ZIP_STORED
        for item in items
    )
    return plain and len({item.filename for item in items}) == len(items) == copy.files
