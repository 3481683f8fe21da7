"""Whatever an attacker subscribes to, it hears nothing that is not its own."""

import pytest

from support.raw_mqtt import CLOSED
from support.stage import ATTACKERS

PLAIN = [
    "#", "+/#", "+", "/", "/#", "org/#", "org/+/#", "+/{acme}/#", "+/+/+/+/+", "org/+/host/+/metrics", "org/{acme}", "org/{acme}/#",
    "org/{acme}/+", "org/{acme}/host/#", "org/{acme}/host/+/status", "org/{acme}/host/v1/#", "org/{acme}/host/v1/metrics",
    "org/{acme}/host/v1/info", "org/{acme}/host/v1/config", "org/{acme}/host/v1/cmd", "org/{acme}/host/v1/reply",
    "org/{acme}/alerts/#", "org/{acme}/alerts/v1/cpu", "org/{acme}/summary", "org/{acme}/guard",
]
SHARED = [
    "$share/g/#", "$share/g/org/#", "$share/g/org/{acme}/#", "$share/g/org/{acme}/host/v1/metrics", "$share/g/org/{own}/cmd",
    "$share/{acme}/org/{acme}/host/+/metrics", "$share/g/$share/g/org/{acme}/#", "$SHARE/g/org/{acme}/#", "$share//org/{acme}/#",
    "$share/g", "$share/+/org/{acme}/#", "$share/g//org/{acme}/#",
]
SPECIAL = [
    "$SYS/#", "$SYS/broker/uptime", "$SYS/broker/clients/+", "+/broker/uptime", "$CONTROL/#", "$CONTROL/dynamic-security/v1/response",
    "$queue/org/{acme}/#", "$exclusive/org/{acme}/host/v1/cmd", "$delayed/1/org/{acme}/#",
]
MISSHAPEN = [
    "/org/{acme}/#", "org//{acme}/#", "org/{acme}//host/#", "org/{ACME}/#", "ORG/{acme}/#", "org/../org/{acme}/#", "./org/{acme}/#", "org/{own}", "org/{own}#", "org/{own}+/#",
    "org/{acme}/host/v1/cm+",
    "org/{acme}#", "org/{acme}/#/metrics", "org/{acme}/host/v1\x00/cmd", "",
]


def heard(stage, attacker, version, pattern):
    """What an attacker hears while the victims talk; its subscription must be refused."""
    with stage.attack(attacker, version) as spy:
        assert spy.refused == 0
        answer = spy.subscribe(stage.topic(pattern, attacker))
        assert answer == CLOSED or answer >= 128, f"granted {answer}"
        stage.assert_unharmed()
        spy.barrier()
        return spy.messages


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("attacker", ATTACKERS)
@pytest.mark.parametrize("pattern", PLAIN + SHARED + SPECIAL + MISSHAPEN)
def test_a_foreign_subscription_is_refused(stage, attacker, version, pattern):
    if attacker == "neighbour" and pattern == "$share/g/org/{own}/cmd":
        pattern = "$share/g/org/{acme}/host/h2/cmd"
    assert heard(stage, attacker, version, pattern) == []


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("attacker", ATTACKERS)
@pytest.mark.parametrize("pattern", ["org/{own}/../../{acme}/#", "org/{own}/../../#", "org/{own}/+/../../+/host/v1/cmd", "org/{own}/#"])
def test_dots_are_levels_like_others(stage, attacker, version, pattern):
    """They lead nowhere: what begins with its own name ends there."""
    with stage.attack(attacker, version) as spy:
        assert spy.subscribe(stage.topic(pattern, attacker)) < 128
        stage.assert_unharmed()
        assert spy.barrier() == 0
        # A service may hear what the guard says of its own organisation, which comes now and then.
        own = stage.topic("org/{own}/", attacker)
        assert [topic for topic, _, _ in spy.messages if not topic.startswith(own)] == []


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("attacker", ATTACKERS)
def test_a_foreign_pattern_between_its_own_brings_nothing(stage, attacker, version):
    with stage.attack(attacker, version) as spy:
        own = {"foreign-service": "org/{own}/host/+/metrics"}.get(attacker, "org/{own}/cmd")
        assert spy.subscribe(stage.topic(own, attacker)) < 128
        assert spy.subscribe(stage.topic("org/{acme}/host/v1/metrics", attacker)) in (CLOSED, 128, 135)
        stage.assert_unharmed()
        assert spy.barrier() == 0
        assert spy.messages == []
