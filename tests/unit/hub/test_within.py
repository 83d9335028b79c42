"""Work that computes for longer than it may is ended, and nothing is left behind for whatever comes next."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from lamplighter.hub.site.background_work.within import TimeLimitError, within


def compute(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_what_computes_for_too_long_is_ended() -> None:
    began = time.thread_time()
    with pytest.raises(TimeLimitError), within(0.3):
        compute(60)
    assert time.thread_time() - began < 10


def test_no_except_of_what_is_ended_keeps_it() -> None:
    def keeps_everything() -> None:
        while True:
            with suppress(Exception):
                compute(1)

    with pytest.raises(TimeLimitError), within(0.3):
        keeps_everything()


def test_waiting_costs_nothing() -> None:
    with within(0.3):
        time.sleep(1.5)


def test_what_is_in_time_goes_on_and_nothing_comes_later() -> None:
    for _ in range(20):
        with within(0.5):
            compute(0.01)
    compute(1)


def test_an_error_of_the_work_is_its_own() -> None:
    with pytest.raises(ZeroDivisionError), within(5):
        raise ZeroDivisionError


def test_each_thread_has_its_own_time() -> None:
    found: list[str] = []

    def work(name: str, seconds: float) -> None:
        try:
            with within(1):
                compute(seconds)
        except TimeLimitError:
            found.append(name)

    threads = [threading.Thread(target=work, args=a) for a in (("long", 30.0), ("short", 0.2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == ["long"]


def test_a_worker_ends_where_work_gives_python_nothing_back() -> None:
    script = """
import re
from lamplighter.hub.site.background_work import within
within.hangs = lambda seconds: 1.0
within.ends_with_a_hang()
with within.within(0.2):
    re.match(r"(a|aa)+$", "a" * 60 + "b")  # one call in C, for years
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert b"Timeout" in ended.stderr
