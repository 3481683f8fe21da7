"""Whatever an attacker publishes, nobody but its own organisation hears it, and no retained state changes."""

import struct

import pytest

from support.raw_mqtt import CLOSED
from support.stage import ATTACKERS

FOREIGN = [f"org/{{acme}}/host/v1/{channel}" for channel in ("metrics", "info", "status", "reply", "config", "ack", "cmd", "x")] + [
    "org/{acme}/host/new/metrics", "org/{acme}/alerts/v1/cpu", "org/{acme}/summary", "org/{acme}/guard", "org/{acme}/metrics", "org/{acme}",
]
SPECIAL = ["$SYS/broker/uptime", "$CONTROL/dynamic-security/v1", "$CONTROL/broker/v1", "$share/g/org/{acme}/host/v1/cmd", "x", "/"]
MISSHAPEN = [
    "org/{acme}/host/+/metrics", "org/{acme}/host/#", "org/+/host/v1/cmd", "#", "+", "org/{acme}/host//metrics", "org//{acme}/host/v1/cmd",
    "/org/{acme}/host/v1/cmd", "org/{acme}/host/v1/cmd/", "org/{ACME}/host/v1/metrics", "org/{own}/../v1/metrics",
    "org/{own}/../../../{acme}/host/v1/cmd", "org/../org/{acme}/host/v1/cmd", "./org/{acme}/host/v1/cmd", "org/{acme}/host/../host/v1/cmd",
    "org/{acme}/host/v1/cmd\x00", "org/{acme}\x00/host/v1/cmd", "", "org/{own}", "org/{own}/", "org/{own}//metrics", "org/{own}/host/v1/x",
    "org/{own}/" + "a/" * 150,
]
NOT_UTF8 = [b"org/\xff\xfe", b"org/\xed\xa0\x80/host/v1/cmd", b"org/\xc0\xaf/host/v1/cmd"]


def is_refused(answer, version):
    """MQTT 3.1.1 has no word for it: there only the victims can tell."""
    return answer == CLOSED or answer >= 128 or version == 3


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("attacker", ATTACKERS)
@pytest.mark.parametrize("topic", FOREIGN + SPECIAL + MISSHAPEN, ids=lambda topic: topic[:48])
def test_a_foreign_topic_is_refused(stage, attacker, version, topic):
    with stage.attack(attacker, version) as client:
        assert is_refused(client.publish(stage.topic(topic, attacker)), version)
        stage.assert_unharmed()


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("topic", NOT_UTF8)
def test_a_topic_that_is_not_utf8_is_refused(stage, version, topic):
    with stage.attack("foreign-host", version) as client:
        assert client.publish(topic) == CLOSED
        stage.assert_unharmed()


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("attacker", ATTACKERS)
@pytest.mark.parametrize("channel", ["metrics", "info", "status", "config", "cmd"])
@pytest.mark.parametrize("qos, retain, payload", [(0, False, b"x"), (2, False, b"x"), (0, True, b"x"), (1, True, b"x"), (2, True, b""),
                                                  (1, True, b"")],
                         ids=["qos-0", "qos-2", "qos-0-retained", "retained", "qos-2-clears", "clears"])
def test_no_way_of_publishing_changes_that(stage, attacker, version, channel, qos, retain, payload):
    with stage.attack(attacker, version) as client:
        answer = client.publish(stage.acme.topic("v1", channel), payload, qos=qos, retain=retain)
        assert qos == 0 or is_refused(answer, version)
        stage.assert_unharmed()


def test_the_retained_states_are_those_of_their_owners(stage):
    """After all of the above: what is told of v1 to those who come anew."""
    stage.assert_states_kept()
    stage.assert_unharmed()


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_a_topic_alias_leads_no_further(stage, attacker):
    alias = b"\x23" + struct.pack("!H", 1)
    with stage.attack(attacker, 5) as client:
        assert is_refused(client.publish(stage.acme.topic("v1"), properties=alias), 5)
        client.publish("", properties=alias)
        stage.assert_unharmed()


@pytest.mark.parametrize("number", [0, 11, 65535])
def test_a_topic_alias_that_was_not_offered_ends_the_connection(stage, number):
    with stage.attack("foreign-host", 5) as client:
        assert client.publish(stage.acme.topic("v1"), properties=b"\x23" + struct.pack("!H", number)) == CLOSED
        stage.assert_unharmed()


@pytest.mark.parametrize("version", [3, 5])
@pytest.mark.parametrize("attacker", ATTACKERS)
@pytest.mark.parametrize("retain", [False, True])
@pytest.mark.parametrize("topic", ["org/{acme}/host/v1/status", "org/{acme}/host/v1/cmd", "org/{acme}/alerts/v1/cpu", "$SYS/broker/uptime",
                                   "org/{own}/../v1/status"])
def test_a_foreign_last_will_is_not_carried_out(stage, attacker, version, topic, retain):
    will = (stage.topic(topic, attacker), '{"state":"lost"}', retain)
    client = stage.attack(attacker, version, will=will)
    if client.refused == 0:
        client.vanish()
    # The attacker is let in again only after the broker has seen it go and has sent its will.
    with stage.attack(attacker, version) as again:
        assert again.refused == 0 and again.barrier() == 0
        stage.assert_unharmed()


@pytest.mark.parametrize("version", [3, 5])
def test_a_host_may_write_its_own_channels_and_no_other(stage, version):
    """Of its own, it is what only its service may say that is refused."""
    with stage.attack("neighbour", version) as client:
        for channel in ("config", "ack", "cmd", "unknown", "metrics/x", "host/v1/info", "alerts/v1/cpu", "summary"):
            assert is_refused(client.publish(stage.acme.topic("h2", channel), retain=True), version)
        stage.assert_unharmed()
        assert client.publish(stage.acme.topic("h2", "metrics")) == 0
    stage.service.wait_for(stage.acme.topic("h2", "metrics"))
    stage.service.forget()
