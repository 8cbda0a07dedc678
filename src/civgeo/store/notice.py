"""What the holder of the turn to write is doing, for those who wait.

Only a long write says so. Its notice lies beside the queue file and goes when the turn ends; one
that a killed process left behind is taken away by the next holder.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Notice", "NoticeBoard"]

_BYTES = 1024
_SECONDS_BETWEEN = 0.25
_LONGEST_WHAT = 100
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Notice:
    """How far a long write has come.

    Parameters
    ----------
    what
        What is being written, in Chinese.
    share
        How much of it is written, from 0 to 1.
    begun
        When it began, in seconds since 1970.
    """

    what: str
    share: float
    begun: float

    @property
    def text(self) -> str:
        """The notice in an officer's words."""
        return f"{self.what}，已写 {self.share:.0%}"

    def seconds_left(self) -> float | None:
        """How much longer it takes if it goes on as it did; None while nobody can tell."""
        if self.share < _LEAST_SHARE:
            return None
        return max(0.0, time.time() - self.begun) * (1 - self.share) / self.share


class NoticeBoard:
    """The place beside a queue file where the holder of the turn puts its notice.

    Parameters
    ----------
    queue
        The queue file.
    """

    def __init__(self, queue: Path) -> None:
        self.file = queue.with_name(f"{queue.name}.now")
        self._begun = self._said = 0.0

    def put(self, what: str, share: float) -> None:
        """Say how far the write has come, four times a second at most.

        A disk that takes no notice does not keep the write from going on.
        """
        now = time.time()
        self._begun = self._begun or now
        if now - self._said < _SECONDS_BETWEEN:
            return
        self._said = now
        told = [what[:_LONGEST_WHAT], round(share, 4), self._begun]
        with suppress(OSError):
            # one write of one size, so that nobody reads the half of it
            content = json.dumps(told, ensure_ascii=False).encode().ljust(_BYTES)
            descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o666)
            try:
                os.write(descriptor, content)
            finally:
                os.close(descriptor)

    def look(self) -> Notice | None:
        """The notice, None without one."""
        try:
            what, share, begun = json.loads(self.file.read_bytes())
        except (OSError, ValueError):
            return None
        return Notice(what, share, begun)

    def clear(self) -> None:
        """Take the notice away."""
        with suppress(OSError):
            self.file.unlink(missing_ok=True)
