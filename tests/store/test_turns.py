import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from civgeo.errors import StoreUnavailable
from civgeo.store.turns import QUEUE_NAME, clear_away, is_fair, turn

WORKERS = Path(__file__).with_name("store_workers.py")

fair = pytest.mark.skipif(not is_fair(), reason="ticket locks are Linux's")


def holder(folder: Path, seconds: float) -> subprocess.Popen:
    command = [sys.executable, WORKERS, "hold", folder, str(seconds)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert "asking" in started.stdout.readline()
    return started


def says(process: subprocess.Popen, word: str) -> float:
    return json.loads(process.stdout.readline())[word]


@fair
def test_threads_come_to_their_turn_in_the_order_in_which_they_asked(tmp_path):
    queue, order = tmp_path / QUEUE_NAME, []

    def work(number: int) -> None:
        with turn(queue):
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    with turn(queue):
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert order == list(range(12))


@fair
def test_processes_and_threads_wait_in_one_queue(tmp_path):
    queue = tmp_path / QUEUE_NAME
    with turn(queue):
        first = holder(tmp_path, 0.2)
        time.sleep(0.1)
        second = holder(tmp_path, 0.0)
        time.sleep(0.1)
        released = time.monotonic()
    with turn(queue):
        mine = time.monotonic()
    began, ended, later = says(first, "holding"), says(first, "done"), says(second, "holding")
    assert released <= began <= ended <= later + 0.01 <= mine + 0.02
    for process in (first, second):
        process.wait(10)
        process.stdout.close()


def test_a_holder_or_a_waiter_that_is_killed_gives_its_turn_away(tmp_path):
    queue = tmp_path / QUEUE_NAME
    first = holder(tmp_path, 60)
    says(first, "holding")
    waiting = holder(tmp_path, 60)
    time.sleep(0.1)
    last = holder(tmp_path, 0)
    time.sleep(0.1)
    waiting.kill()
    waiting.wait()
    time.sleep(0.2)
    first.kill()
    first.wait()
    with turn(queue, patience=5):
        pass
    assert says(last, "holding") > 0
    last.wait(10)
    for process in (first, waiting, last):
        process.stdout.close()


def test_a_waiter_that_was_killed_does_not_let_the_next_one_pass_the_holder(tmp_path):
    queue = tmp_path / QUEUE_NAME
    with turn(queue):
        waiting = holder(tmp_path, 0)
        time.sleep(0.1)
        waiting.kill()
        waiting.wait()
        waiting.stdout.close()
        with pytest.raises(StoreUnavailable, match="排队超时"), turn(queue, patience=0.2):
            pass


def test_who_waits_in_vain_leaves_the_queue(tmp_path):
    queue = tmp_path / QUEUE_NAME
    with turn(queue), pytest.raises(StoreUnavailable) as late, turn(queue, patience=0.05):
        pass
    assert late.value.code == "store_busy"
    with turn(queue, patience=1):
        pass


@fair
def test_the_queue_file_goes_when_nobody_uses_it(tmp_path):
    queue = tmp_path / QUEUE_NAME
    clear_away(queue)
    with turn(queue):
        clear_away(queue)
        assert queue.exists()
        assert queue.stat().st_size == 0
    clear_away(queue)
    assert not queue.exists()


@fair
def test_clearing_away_while_many_take_turns_never_lets_two_in(tmp_path):
    queue, inside, most = tmp_path / QUEUE_NAME, [], []

    def work() -> None:
        for _ in range(40):
            with turn(queue):
                inside.append(1)
                most.append(len(inside))
                inside.pop()
            clear_away(queue)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}
    assert len(most) == 240


def test_a_folder_where_nobody_may_write_is_told(tmp_path):
    with pytest.raises(StoreUnavailable, match="排队写入"), turn(tmp_path / "none" / QUEUE_NAME):
        pass
