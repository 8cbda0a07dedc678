"""Heavy requests take turns, and too many are turned away at once."""

from threading import Event, Thread

import pytest

from civgeo.errors import StoreUnavailable
from civgeo.http import limiter
from civgeo.http.limiter import AT_ONCE, IN_LINE, heavy_work


def test_more_than_the_line_holds_are_turned_away_and_room_comes_back() -> None:
    done, started = Event(), []

    def work() -> None:
        with heavy_work():
            started.append(1)
            done.wait(30)

    waiting = [Thread(target=work) for _ in range(AT_ONCE + IN_LINE)]
    for thread in waiting:
        thread.start()
    while limiter._admitted.acquire(blocking=False):
        limiter._admitted.release()
    try:
        with pytest.raises(StoreUnavailable) as refused, heavy_work():
            pass
        assert refused.value.code == "busy"
        assert len(started) <= AT_ONCE
    finally:
        done.set()
        for thread in waiting:
            thread.join()
    with heavy_work():
        assert len(started) == AT_ONCE + IN_LINE
