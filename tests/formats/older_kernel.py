"""A kernel that lacks what the jail asks for: a system call filter that this process puts on.

Everything that it starts inherits the filter, the jail's reader too.
"""

import ctypes
import errno
import platform
import struct

X86 = platform.machine() == "x86_64"
UNSHARE, SECCOMP, PRCTL = (272, 317, 157) if X86 else (97, 277, 167)
LANDLOCK = (444, 445, 446)
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000

LACKS = {
    "namespaces": [(UNSHARE, errno.EPERM)],
    "landlock": [(call, errno.ENOSYS) for call in LANDLOCK],
    "filters": [(SECCOMP, errno.ENOSYS)],
}


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def without(*features: str) -> None:
    """Let the kernel refuse `features` from here on: namespaces, landlock, filters."""
    steps = [(LOAD, 0, 0, 0)]
    for feature in features:
        for call, error in LACKS[feature]:
            steps += [(EQUAL, 0, 1, call), (RETURN, 0, 0, REFUSE | error)]
    if "filters" in features:
        steps += [(EQUAL, 0, 3, PRCTL), (LOAD, 0, 0, 16)]
        steps += [(EQUAL, 0, 1, PR_SET_SECCOMP), (RETURN, 0, 0, REFUSE | errno.EINVAL)]
    steps.append((RETURN, 0, 0, ALLOW))
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    libc = ctypes.CDLL(None, use_errno=True)
    program = Program(len(steps), code)
    done = libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    done &= libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0
    if not done:
        raise OSError(ctypes.get_errno(), "no filter")
