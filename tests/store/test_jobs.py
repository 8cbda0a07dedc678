"""Jobs: queued, claimed in order, reported, cancelled, and taken up again after a death."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from civgeo.errors import NotFound, RuleViolation
from civgeo.store.jobs import JobBook, JobState, this_process


@pytest.fixture
def book(tmp_path: Path) -> JobBook:
    return JobBook(tmp_path)


def submit(book: JobBook, number: int = 0, *, idempotent: bool = True) -> str:
    return book.submit("import-check", {"number": number}, idempotent=idempotent)


def test_jobs_are_claimed_in_the_order_in_which_they_came(book):
    ids = [submit(book, number) for number in range(5)]
    claimed = [book.claim("1:2") for _ in range(6)]
    assert [job.id if job else None for job in claimed] == [*ids, None]
    assert claimed[3].arguments == {"number": 3}
    assert claimed[0].state is JobState.RUNNING


def test_many_workers_never_claim_one_job_twice(book, tmp_path):
    ids = {submit(book, number) for number in range(40)}

    def work(number: int) -> list[str]:
        own, found = JobBook(tmp_path), []
        while job := own.claim(f"{number}:1"):
            found.append(job.id)
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [id for part in pool.map(work, range(4)) for id in part]
    assert len(taken) == 40
    assert set(taken) == ids


def test_a_job_ends_with_its_result(book):
    id = submit(book)
    book.claim(this_process())
    book.report(id, 0.4, "读取文件")
    assert (book.get(id).progress, book.get(id).message) == (0.4, "读取文件")
    assert book.finish(id, {"created": 3})
    found = book.get(id)
    assert (found.state, found.result, found.progress) == (JobState.DONE, {"created": 3}, 1.0)
    assert found.finished is not None
    assert not book.fail(id, "太迟")


def test_a_cancelled_job_stays_cancelled(book):
    id = submit(book)
    book.claim(this_process())
    assert book.cancel(id).state is JobState.CANCELLED
    assert not book.finish(id, {})
    book.lost(id)
    assert book.get(id).state is JobState.CANCELLED
    assert book.cancel(id).state is JobState.CANCELLED


def test_a_job_that_is_over_cannot_be_cancelled(book):
    id = submit(book)
    book.claim(this_process())
    book.finish(id, {})
    with pytest.raises(RuleViolation, match="完成，不能取消"):
        book.cancel(id)
    with pytest.raises(NotFound, match="没有任务"):
        book.cancel("nothing")


def dead_process() -> str:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        return this_process(child.pid)


def test_an_idempotent_job_is_queued_again_after_a_restart_and_another_fails(book):
    again, never = submit(book), submit(book, idempotent=False)
    dead = dead_process()
    book.claim(dead)
    book.claim(dead)
    book.recover()
    assert book.get(again).state is JobState.QUEUED
    failed = book.get(never)
    assert (failed.state, failed.message) == (JobState.FAILED, "运行任务的进程意外终止")


def test_a_job_of_a_living_worker_is_left_alone(book):
    id = submit(book)
    book.claim(this_process())
    book.recover()
    assert book.get(id).state is JobState.RUNNING


def test_a_job_that_kills_its_worker_is_not_begun_for_ever(book):
    id, dead = submit(book), dead_process()
    for _ in range(3):
        assert book.claim(dead) is not None
        book.recover()
    assert book.get(id).state is JobState.FAILED
    assert book.claim(dead) is None
