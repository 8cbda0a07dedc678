"""Room for heavy requests: a few at once, a few waiting, and threads left for quick reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from civgeo.errors import StoreUnavailable

__all__ = ["heavy_work"]

AT_ONCE = 2
IN_LINE = 6
LONGEST_WAIT_S = 60.0
_working = BoundedSemaphore(AT_ONCE)
_admitted = BoundedSemaphore(AT_ONCE + IN_LINE)


@contextmanager
def heavy_work() -> Iterator[None]:
    """Hold one of the places for maps, spreadsheets and other slow answers.

    Raises
    ------
    StoreUnavailable
        With code ``busy`` when too many wait already, or a place does not come free in time.
    """
    busy = StoreUnavailable("正在生成的地图和表格较多，请稍后重试", code="busy")
    if not _admitted.acquire(blocking=False):
        raise busy
    try:
        if not _working.acquire(timeout=LONGEST_WAIT_S):
            raise busy
        try:
            yield
        finally:
            _working.release()
    finally:
        _admitted.release()
