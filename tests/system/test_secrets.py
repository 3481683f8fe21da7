"""The search for secrets, which ends every fleet and the whole run, finds those that are there."""

import uuid

from support import secrets
from support.programs import MARK, Program
from support.deadline import wait_until


def fresh():
    return "planted-" + uuid.uuid4().hex


def test_a_secret_in_a_log_is_found(tmp_path):
    planted = secrets.note(fresh(), "a planted secret")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "service.log").write_text(f"connected with {planted}\n", encoding="utf-8")
    (tmp_path / "other.log").write_text("connected\n", encoding="utf-8")
    assert secrets.search_files(tmp_path) == ["service.log: a planted secret"]


def test_a_secret_is_found_in_other_spellings(tmp_path):
    key = secrets.note(uuid.uuid4().bytes, "a planted key")
    (tmp_path / "hex.log").write_text(f"key={key.hex()}", encoding="utf-8")
    assert secrets.search_files(tmp_path) == ["hex.log: a planted key"]


def test_a_secret_in_an_argument_list_is_found(tmp_path):
    planted = secrets.note(fresh(), "a planted argument")
    with secrets.ProcessWatch(MARK) as watch:
        running = Program(["tail", "-f", "/dev/null", "--", planted], log_dir=tmp_path)
        try:
            wait_until(lambda: watch.found() or not running.alive(), 5, "the process list")
        finally:
            running.kill()
    assert watch.found() == ["tail: a planted argument"]
