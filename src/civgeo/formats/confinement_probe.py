"""Tries, from inside, what the confinement forbids: facts instead of assumptions."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from civgeo.formats.confinement import Limits

__all__ = ["probe"]

Seen = dict[str, tuple[bool, str]]


def probe(outside: Path, force: Mapping[str, bool], limits: Limits) -> Seen:
    """What holds in this process, by subject: whether, and what was seen.

    Parameters
    ----------
    outside
        A file that must not be readable.
    force
        What `confine` says is in force.
    limits
        What was asked for.
    """
    namespace = ("独立网络空间", "network_namespace")
    filter_ = ("系统调用过滤", "system_calls")
    cut, cut_zh = _means(force, namespace, filter_)
    single, single_zh = _means(force, filter_, ("进程数上限", "processes"))
    offline, network = _fails(_connect)
    closed, files = _fails(outside.read_bytes)
    alone, programs = _fails(_start_program)
    small, memory = _fails(lambda: bytearray(limits.memory_bytes))
    left = sorted(set(os.environ) - _OWN_VARIABLES)
    return {
        "网络": (offline and cut, f"{cut_zh}；试连：{network}"),
        "包外文件": (closed, f"{_means(force, ('Landlock', 'files'))[1]}；试读：{files}"),
        "启动程序": (alone and single, f"{single_zh}；试启动：{programs}"),
        "内存": (small, f"上限 {limits.memory_bytes // 1024**2} MB；试占用：{memory}"),
        "处理器时间": (bool(force.get("time")), f"上限 {limits.seconds} 秒"),
        "写出文件": (sys.platform != "win32", f"单个上限 {limits.file_bytes // 1024**2} MB"),
        "环境变量": (not left, f"继承 {len(left)} 个"),
    }


_OWN_VARIABLES = {
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "ARROW_DEFAULT_MEMORY_POOL",
    "GDAL_NUM_THREADS",
    "OGR_GPKG_NUM_THREADS",
    "OGR_GPKG_ALLOW_THREADED_RTREE",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS",
    "OGR_SQLITE_LOAD_EXTENSIONS",
    "CPL_VSIL_CURL_ALLOWED_FILENAME",
    "CPL_ALLOW_VSISTDIN",
    "GDAL_HTTP_MAX_RETRY",
    "GDAL_PAM_ENABLED",
    "PROJ_NETWORK",
    "CPL_TMPDIR",
    "TMPDIR",
    "LC_CTYPE",
    "SYSTEMROOT",
}


def _means(force: Mapping[str, bool], *known: tuple[str, str]) -> tuple[bool, str]:
    """Whether any of the `known` means (name, key) is in force, and which by name."""
    names = [name for name, key in known if force.get(key)]
    return bool(names), "、".join(names) or "没有隔离手段"


def _fails(attempt: Callable[[], object]) -> tuple[bool, str]:
    """Whether `attempt` was refused, and with what words."""
    try:
        attempt()
    except (OSError, MemoryError) as error:
        return True, str(error) or "内存不足"
    return False, "成功"


def _connect() -> None:
    with socket.create_connection(("127.0.0.1", 9), timeout=1):
        pass


def _start_program() -> None:
    process = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitpid(process, 0)
