"""Fixtures of the system tests. Each file has one fleet of its own, started once."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import fleet as fleets  # noqa: E402  pylint: disable=wrong-import-position
from support import programs, secrets  # noqa: E402  pylint: disable=wrong-import-position

OUTPUT = pathlib.Path(__file__).resolve().parent / "output"


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Attaches what the fleet's programs said to a failing test."""
    report = (yield).get_result()
    if report.failed:
        for name in ("fleet", "acme_fleet"):
            value = getattr(item, "funcargs", {}).get(name)
            if isinstance(value, fleets.Fleet):
                report.sections.append(("output of the programs", value.tails()))


@pytest.fixture(scope="module")
def fleet(request):
    """An empty throw-away fleet of this file."""
    with fleets.Fleet(OUTPUT / request.module.__name__) as value:
        yield value
    # paho waits with select(), which takes no number of a file above 1,023.
    assert len(os.listdir("/proc/self/fd")) < 512, "the tests of this file have left connections open"


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_behind():
    with secrets.ProcessWatch(programs.MARK) as watch:
        yield
    for running in list(programs.Program.running):
        running.kill()
    left = programs.marked_processes()
    text = programs.described(left)
    for process in left:
        process.kill()
    assert not left, f"still running after the tests:\n{text}"
    # The planted one shows that the watch sees what there is.
    shown = [line for line in watch.found() if "planted" not in line]
    assert not shown, f"secrets in process lists: {shown}"
