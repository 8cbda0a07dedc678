"""Limits that a process puts on itself before it opens a file from outside.

On Linux the kernel holds them: no network (a network namespace of its own), no file outside the
folders named (Landlock), no socket and no program (a system call filter), no further process or
thread (for any user but root), memory, time, file size. Elsewhere, and on kernels that forbid some
of it, what the system offers; `civgeo.formats.reader` lets GDAL open one format at a time in any
case. Nothing here can be taken back by the process afterwards.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Limits", "confine"]

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NO_NEW_PRIVS, _SECCOMP, _SECCOMP_FILTER = 38, 22, 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_READ = 0b1100
"""Read a file, list a folder."""
_LANDLOCK_ALL_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
_O_PATH = 0x200000


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one reading.

    Parameters
    ----------
    memory_bytes
        Address space on Linux, which bounds the memory in use.
    seconds
        Processor time, and wall time outside.
    file_bytes
        Largest file that may be written.
    threads
        Whether threads may be started, which the reader of OpenStreetMap data cannot do without.
        Programs may not: on Linux the system call filter refuses them, and where it cannot be set
        threads are refused too.
    """

    memory_bytes: int = 512 * 1024**2
    seconds: int = 30
    file_bytes: int = 1024**3
    threads: bool = False


def confine(limits: Limits, *, readable: Iterable[Path], writable: Path) -> dict[str, bool]:
    """Confine this process for good.

    Parameters
    ----------
    limits
        Memory, time and file size.
    readable
        Files that may be read, besides Python's own folders.
    writable
        The one folder that may be written.

    Returns
    -------
    dict
        What is in force: ``memory``, ``time``, ``processes``, ``network_namespace``, ``files``,
        ``system_calls``.
    """
    force = {
        "memory": _limit_resources(limits),
        "time": sys.platform != "win32",
        "processes": not limits.threads and _limit_processes(),
    }
    if sys.platform != "linux":
        return force
    libc = ctypes.CDLL(None, use_errno=True)
    alone = libc.unshare(_NEW_USER | _NEW_NET) == 0 or libc.unshare(_NEW_NET) == 0
    locked = libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    force |= {
        "network_namespace": alone,
        "files": locked and _restrict_files(libc, readable, writable),
        "system_calls": locked and _filter_calls(libc),
    }
    if limits.threads and not force["system_calls"]:
        force["processes"] = _limit_processes()
    return force


def _limit_resources(limits: Limits) -> bool:
    """Set the resource limits; whether the memory is bounded."""
    if sys.platform == "win32":
        return False
    import resource

    def set_limit(kind: int, value: int) -> None:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    set_limit(resource.RLIMIT_CORE, 0)
    set_limit(resource.RLIMIT_CPU, limits.seconds)
    set_limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    set_limit(resource.RLIMIT_NOFILE, 256)
    if sys.platform != "linux":
        return False
    set_limit(resource.RLIMIT_DATA, limits.memory_bytes * 3 // 4)
    set_limit(resource.RLIMIT_AS, limits.memory_bytes)
    return True


def _limit_processes() -> bool:
    """Forbid further processes and threads; whether the system obeys: not where root asks."""
    if sys.platform == "win32":
        return False
    import resource

    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return os.getuid() != 0


def _restrict_files(libc: ctypes.CDLL, readable: Iterable[Path], writable: Path) -> bool:
    """Landlock: reading from Python's folders, the libraries and `readable`, writing `writable`."""
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    everything = _LANDLOCK_ALL_BY_ABI.get(version, 0xFFFF)
    ruleset = struct.pack("=Q", everything)
    handle = libc.syscall(_LANDLOCK_CREATE, ruleset, len(ruleset), 0)
    if handle < 0:
        return False
    libraries = (*sys.path, sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/dev/urandom")
    for path in (*map(Path, libraries), *readable):
        _allow(libc, handle, path, _LANDLOCK_READ)
    _allow(libc, handle, writable, everything)
    done: bool = libc.syscall(_LANDLOCK_RESTRICT, handle, 0) == 0
    os.close(handle)
    return done


def _allow(libc: ctypes.CDLL, handle: int, path: Path, access: int) -> None:
    if not os.access(path, os.F_OK):
        return
    if not path.is_dir():
        access &= 0b110
    place = os.open(path, _O_PATH | os.O_CLOEXEC)
    libc.syscall(_LANDLOCK_ADD, handle, 1, struct.pack("=Qi", access, place), 0)
    os.close(place)


@dataclass(frozen=True, slots=True)
class _Machine:
    """System call numbers of one processor: refused outright, and the two ways to start a task."""

    audit: int
    refused: tuple[int, ...]
    clone: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, (41, 53, 57, 58, 59, 101, 322, 425, 248, 249, 250), 56),
    "aarch64": _Machine(0xC00000B7, (198, 199, 117, 221, 281, 425, 217, 218, 219), 220),
}
"""socket, socketpair, fork, vfork, execve, ptrace, execveat, io_uring_setup, the key ring."""
_CLONE3, _CLONE_THREAD = 435, 0x10000
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS, _X32 = 1, 38, 0x40000000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """Refuse the system calls that open sockets or start programs; threads stay possible."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    steps = _steps(machine)
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    done: bool = libc.prctl(_SECCOMP, _SECCOMP_FILTER, ctypes.byref(program), 0, 0) == 0
    return done


def _steps(machine: _Machine) -> list[tuple[int, int, int, int]]:
    """Program of the filter: (operation, steps to skip if true, if false, operand)."""
    number, audit, first_argument = 0, 4, 16
    refused = (_RETURN, 0, 0, _REFUSE | _EPERM)
    steps = [
        (_LOAD, 0, 0, audit),
        (_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, number),
        (_AT_LEAST, 0, 1, _X32),
        refused,
    ]
    for call in machine.refused:
        steps += [(_EQUAL, 0, 1, call), refused]
    steps += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _REFUSE | _ENOSYS)]
    steps += [(_EQUAL, 0, 3, machine.clone), (_LOAD, 0, 0, first_argument)]
    steps += [(_ANY_BIT, 1, 0, _CLONE_THREAD), refused, (_RETURN, 0, 0, _ALLOW)]
    return steps
