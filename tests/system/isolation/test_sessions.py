"""Nobody can throw another client out, or take over its session and what waits in it."""

import pytest

from support.raw_mqtt import RawClient
from support.stage import ATTACKERS

PROBES = [f"waiting {number}".encode() for number in range(5)]


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("clean", [True, False], ids=["clean", "resuming"])
@pytest.mark.parametrize("attacker", ATTACKERS)
@pytest.mark.parametrize("victim", ["{acme}", "{acme}/host/v1", "{acme}/host/new", "", "canary", "x" * 5000],
                         ids=["service", "host", "new host", "empty", "canary", "long"])
def test_a_client_id_of_another_evicts_nobody(stage, attacker, version, clean, victim):
    stage.forget_session(attacker)
    with stage.attack(attacker, version, client_id=stage.topic(victim, attacker), clean=clean) as thief:
        assert not thief.session_present
        stage.assert_unharmed()


@pytest.fixture(name="left_session")
def leave_session(stage):
    """v2 has subscribed to its commands and gone; five wait for it."""
    credential = stage.of_host(stage.acme, "v2")
    with RawClient(stage.fleet.broker_address, *credential, clean=True, keep_session=3600) as host:
        assert host.subscribe(stage.acme.topic("v2", "cmd")) < 128
    for probe in PROBES:
        assert stage.service.publish(stage.acme.topic("v2", "cmd"), probe) == 0
    return credential


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("clean", [True, False], ids=["wiping", "resuming"])
@pytest.mark.parametrize("attacker", ATTACKERS)
def test_what_waits_in_a_session_waits_for_its_owner(stage, left_session, attacker, version, clean):
    stage.forget_session(attacker)
    with stage.attack(attacker, version, client_id=left_session.user, clean=clean) as thief:
        assert not thief.session_present
        thief.barrier()
        assert thief.messages == []
    with RawClient(stage.fleet.broker_address, *left_session, clean=False) as owner:
        assert owner.session_present
        owner.barrier()
        assert [payload for _, payload, _ in owner.messages] == PROBES
    stage.assert_unharmed()


@pytest.mark.parametrize("version", [3, 5])
def test_a_wrong_password_does_not_touch_a_session(stage, left_session, version):
    with RawClient(stage.fleet.broker_address, left_session.user, "wrong", version=version, clean=True) as thief:
        assert thief.refused != 0
    with RawClient(stage.fleet.broker_address, *left_session, clean=False) as owner:
        owner.barrier()
        assert [payload for _, payload, _ in owner.messages] == PROBES
    stage.assert_unharmed()
