"""A reload with broken rules or a broken password file closes the broker: it never opens it, and what was acknowledged arrives."""

import shutil

import pytest

from support.deadline import wait_until
from support.mqtt import NOT_AUTHORIZED
from support.raw_mqtt import CLOSED, RawClient
from support.stage import ATTACKERS

BROKEN = {
    "rubbish": "rubbish\n", "empty": "", "missing": None, "a-folder": "folder", "everything-allowed": "topic readwrite #\npattern readwrite #\n",
    "one-line-more": "more", "one-line-less": "less", "no-utf8": b"\xff\xfe\x00",
}


def spoil(path, how):
    """Breaks the file; what it was."""
    before = path.read_bytes()
    path.unlink()
    if how is None:
        return before
    if how == "folder":
        path.mkdir()
    elif how == "more":
        path.write_bytes(before + b"\npattern readwrite #\n")
    elif how == "less":
        path.write_bytes(before[:before.rindex(b"pattern deny")])
    else:
        path.write_bytes(how if isinstance(how, bytes) else how.encode())
    return before


def mend(stage, path):
    if path.is_dir():
        shutil.rmtree(path)
    stage.fleet.cli("broker", "apply")


@pytest.mark.parametrize("how", BROKEN)
def test_broken_rules_let_nobody_do_anything(stage, how):
    rules = stage.fleet.root / "broker" / "acl"
    spoil(rules, BROKEN[how])
    stage.fleet.reload_broker()
    own = stage.acme.topic("h2")
    try:
        with stage.attack("neighbour", 5) as probe:
            wait_until(lambda: probe.publish(own) == NOT_AUTHORIZED, 5, "a closed broker")
        stage.service.forget()
        for attacker in ATTACKERS:
            for version in (3, 5):
                with stage.attack(attacker, version) as client:
                    for pattern in ("#", "org/{acme}/#", "org/{acme}/host/v1/cmd", "$share/g/org/{acme}/#", "$SYS/#"):
                        answer = client.subscribe(stage.topic(pattern, attacker))
                        assert answer == CLOSED or answer >= 128, pattern
                    client.publish(stage.acme.topic("v1", "cmd"), retain=True)
                    client.publish(stage.acme.topic("v1"))
                    client.barrier()
                    assert client.messages == []
        assert stage.service.received() == [] and stage.host.received() == []
        assert stage.fleet.cli("broker", "check", check=False).returncode == 1
    finally:
        mend(stage, rules)
    stage.assert_unharmed()
    assert stage.fleet.cli("broker", "check").returncode == 0


@pytest.mark.parametrize("how", ["rubbish", "empty", "missing", "no-utf8"])
def test_a_broken_password_file_lets_nobody_in(stage, how):
    passwords = stage.fleet.root / "broker" / "passwd"
    host = stage.of_host(stage.acme, "v2")
    with RawClient(stage.fleet.broker_address, *host, clean=True, keep_session=3600) as owner:
        assert owner.subscribe(stage.acme.topic("v2", "cmd")) < 128
    assert stage.service.publish(stage.acme.topic("v2", "cmd"), b"acknowledged") == 0
    stage.close()
    spoil(passwords, BROKEN[how])
    stage.fleet.reload_broker()
    try:
        def nobody():
            with stage.attack("foreign-host", 5) as client:
                return client.refused != 0
        wait_until(nobody, 5, "a broker that lets nobody in")
        for attacker in ATTACKERS:
            for version in (3, 5):
                with stage.attack(attacker, version) as client:
                    assert client.refused != 0
        for version in (3, 5):
            with RawClient(stage.fleet.broker_address, None, None, version=version) as client:
                assert client.refused != 0
    finally:
        mend(stage, passwords)
    with RawClient(stage.fleet.broker_address, *host, clean=False) as owner:
        owner.barrier()
        assert [payload for _, payload, _ in owner.messages] == [b"acknowledged"]
    stage.assert_states_kept()
    stage.assert_unharmed()
