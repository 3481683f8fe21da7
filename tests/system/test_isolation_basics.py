"""One organisation's tokens, sessions and subscriptions open nothing of another."""

import pytest
import requests

from support.deadline import wait_until
from support.fleet import settle
from support.live import LiveFeed
from support.mqtt import Client
from support.samples import Publisher

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", name="world")
def started(fleet):
    acme = fleet.setup("Acme Corp", "acme", "#00ff00", PASSWORD)
    beta = fleet.setup("Beta Industries", "beta", "#00ffff", PASSWORD)
    for org in (acme, beta):
        org.add_host("same-name")
        org.add_host("other")
    fleet.up()
    return acme, beta


PATHS = ["/api/v1/hosts", "/api/v1/hosts/same-name", "/api/v1/hosts/same-name/history?metric=cpu.percent",
         "/api/v1/alerts", "/api/v1/me", "/metrics"]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_right_the_answer_is_401(world, path):
    acme, beta = world
    for token in (None, beta.token(), beta.token("admin"), "afa_" + "A" * 43, "", "x" * 5000):
        answer = acme.get(path, token=token)
        assert answer.status_code in ((401, 431) if token == "x" * 5000 else (401,)), (path, token)
        assert "percent" not in answer.text
    assert acme.get(path).status_code in (200, 404)


def test_an_error_is_problem_json(world):
    acme, _ = world
    answer = acme.get("/api/v1/hosts", token=None)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["status"] == 401


def test_the_live_feed_is_closed_to_strangers(world):
    acme, beta = world
    for token in (beta.token(), "afa_" + "A" * 43):
        with pytest.raises(Exception, match="401"):
            LiveFeed(f"ws://127.0.0.1:{acme.port}/api/v1/live", token)


def login(org, password=PASSWORD, user="admin"):
    session = requests.Session()
    session.trust_env = False
    answer = session.post(org.base + "/api/v1/login", json={"user": user, "password": password}, timeout=10)
    return session, answer


def test_a_session_opens_its_own_organisation_only(world):
    acme, beta = world
    session, answer = login(acme)
    assert answer.status_code in (200, 204), answer.text
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"atlas_session_{acme.id[:8]}=")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert session.get(acme.base + "/api/v1/me", timeout=10).status_code == 200
    secret = session.cookies.get(f"atlas_session_{acme.id[:8]}")
    for name in (f"atlas_session_{acme.id[:8]}", f"atlas_session_{beta.id[:8]}"):
        foreign = requests.get(beta.base + "/api/v1/me", cookies={name: secret}, timeout=10)
        assert foreign.status_code == 401
    session.post(acme.base + "/api/v1/logout", timeout=10)
    again = requests.get(acme.base + "/api/v1/me", cookies={f"atlas_session_{acme.id[:8]}": secret}, timeout=10)
    assert again.status_code == 401


def test_a_wrong_password_or_name_is_the_same_refusal(world):
    acme, _ = world
    _, wrong_password = login(acme, "not it")
    _, wrong_name = login(acme, PASSWORD, "nobody")
    assert wrong_password.status_code == wrong_name.status_code == 401
    assert wrong_password.json() == wrong_name.json()


def test_branding_is_open_and_of_the_organisation_only(world):
    acme, beta = world
    for org, color in ((acme, "#00ff00"), (beta, "#00ffff")):
        brand = org.json("/api/v1/branding", token=None)
        assert brand["name"] == org.name
        assert brand["title"] == f"{org.name} Fleet"
        assert brand["primary_color"] == color
        assert brand["id"] == org.id


def test_the_same_host_name_in_two_organisations_is_two_hosts(world):
    acme, beta = world
    with acme.client("same-name") as a, beta.client("same-name") as b:
        a.publish(acme.topic("same-name"), Publisher().sample(cpu=11))
        b.publish(beta.topic("same-name"), Publisher().sample(cpu=22))
        wait_until(lambda: acme.hosts()["same-name"]["cpu"]["percent"] == 11, 5, "Acme's figures")
        wait_until(lambda: beta.hosts()["same-name"]["cpu"]["percent"] == 22, 5, "Beta's figures")
        assert a.connected and b.connected


@pytest.mark.parametrize("version", [3, 5])
def test_a_host_hears_nothing_of_anyone_else(world, version):
    acme, beta = world
    with acme.client("same-name", version=version) as spy, acme.client("other") as neighbour, \
            beta.client("other") as foreign:
        for pattern in ("#", "org/#", f"org/{beta.id}/#", f"org/{acme.id}/#", "+/+/+/+/+", acme.topic("other"),
                        f"$share/g/org/{acme.id}/#"):
            spy.subscribe(pattern)
        neighbour.publish(acme.topic("other"), Publisher().sample())
        neighbour.publish(acme.topic("other", "info"), {"os": "linux"}, retain=True)
        foreign.publish(beta.topic("other"), Publisher().sample())
        settle(0.5)
        heard = [topic for topic, _, _ in spy.received() if not topic.startswith(f"org/{acme.id}/host/same-name/")]
        assert heard == []


def test_a_client_id_of_another_evicts_nobody(world, fleet):
    acme, beta = world
    with acme.client("same-name") as victim:
        thief = Client(fleet.broker_address, beta.user("other"), beta.password("other"),
                       client_id=acme.user("same-name"))
        settle(0.3)
        assert victim.connected and victim.disconnects == 0
        thief.close()


def test_a_revoked_host_is_out_at_once_and_others_stay(world, fleet):
    acme, _ = world
    acme.add_host("leaver")
    with acme.client("leaver") as leaver, acme.client("same-name") as stayer:
        leaver.publish(acme.topic("leaver"), Publisher().sample())
        wait_until(lambda: "leaver" in acme.hosts(), 5, "the host is shown")
        fleet.cli("host", "revoke", "acme", "leaver")
        wait_until(lambda: leaver.disconnects > 0, 5, "the revoked host is disconnected")
        assert stayer.connected and stayer.disconnects == 0
        wait_until(lambda: "leaver" not in acme.hosts(), 10, "the revoked host left the dashboard")
