"""Notifications against real receivers: each arrives, in order, none is lost over kill -9, duplicates carry the same key."""

import hashlib
import hmac
import json
import random
import statistics
import time

import pytest

from support import secrets
from support.deadline import wait_until
from support.fleet import settle
from support.receivers import HttpReceiver, MailReceiver
from support.samples import Publisher

SECRET = "the signature's secret of the tests"
SEED = 20261125


@pytest.fixture(scope="module", name="web")
def http_receiver():
    with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module", name="mail")
def mail_receiver():
    with MailReceiver() as receiver:
        secrets.note(receiver.PASSWORD, "a mail server's password")
        yield receiver


class Host:
    def __init__(self, org, name):
        self.org, self.name = org, name
        self.client = org.client(name)
        self.publisher = Publisher(interval=1)

    def report(self, cpu):
        self.client.publish(self.org.topic(self.name), self.publisher.sample(cpu=cpu))

    def close(self):
        self.client.close()


def set_channels(org, channels):
    """Written into tenant.json, as docs/notifications.md says; takes effect when the service starts."""
    file = org.fleet.root / "tenants" / org.slug / "tenant.json"
    org.read_config()
    org.config["alerts"]["notify"] = channels
    file.write_text(json.dumps(org.config), encoding="utf-8")


def webhook(web, name, path=None, **more):
    return {"type": "webhook", "name": name, "url": web.url(path or f"/{name}"), "secret": SECRET, "allow_local": True, **more}


@pytest.fixture(scope="module", name="orgs")
def fleet_with_organisations(fleet):
    made = {}
    for slug, name in (("kinds", "Kinds <b>&Co"), ("order", "Order Ltd"), ("killed", "Killed Inc"), ("local", "Local AG"),
                       ("tested", "Tested SA")):
        org = fleet.setup(name, slug, alerts__hold_seconds=0, alerts__group_seconds=1, alerts__offline_after=3600)
        for number in range(12):
            org.add_host(f"h{number}")
        made[slug] = org
    fleet.broker()
    secrets.note(SECRET, "a webhook's secret")
    return made


def verify(arrival):
    """As docs/notifications.md shows it."""
    parts = dict(part.split("=", 1) for part in arrival.headers["X-Atlas-Signature"].split(","))
    expected = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + arrival.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, parts["v1"])
    assert abs(time.time() - int(parts["t"])) < 120


def test_every_kind_of_channel_delivers_in_its_form(fleet, orgs, web, mail):
    org = orgs["kinds"]
    set_channels(org, [
        webhook(web, "hook", "/kinds/hook"),
        {"type": "slack", "name": "slack", "url": web.url("/kinds/slack"), "allow_local": True},
        {"type": "teams", "name": "teams", "url": web.url("/kinds/teams"), "allow_local": True},
        {"type": "discord", "name": "discord", "url": web.url("/kinds/discord"), "allow_local": True},
        {"type": "ntfy", "name": "ntfy", "url": web.url("/kinds/ntfy"), "token": "tk_of_the_tests", "allow_local": True},
        {"type": "email", "name": "mail", "smtp": {"host": "localhost", "port": mail.port, "user": mail.USER,
                                                   "password": mail.PASSWORD},
         "from": "fleet@example.com", "to": ["ops@example.com", "boss@example.com"], "ca_file": str(mail.ca_file),
         "allow_local": True}])
    secrets.note("tk_of_the_tests", "an ntfy token")
    service = fleet.ingest(org)
    host = Host(org, "h0")
    host.report(99)
    paths = [f"/kinds/{kind}" for kind in ("hook", "slack", "teams", "discord", "ntfy")]
    wait_until(lambda: all(web.taken(path) for path in paths) and mail.mails, 20, "every channel tells of the alert",
               lambda: ([one.path for one in web.arrivals], fleet.tails()))
    host.report(1)
    wait_until(lambda: all(len(web.taken(path)) == 2 for path in paths) and len(mail.mails) == 2, 20,
               "every channel tells of the end")

    hook = [one.json() for one in web.taken("/kinds/hook")]
    assert [one["kind"] for one in hook] == ["opened", "resolved"]
    assert hook[0]["organization"]["name"] == org.name
    assert hook[0]["alerts"][0]["host"] == "h0" and hook[0]["alerts"][0]["rule"] == "cpu"
    assert hook[0]["incident"] == hook[1]["incident"]
    for arrival in web.taken("/kinds/hook"):
        verify(arrival)
        assert arrival.key == arrival.json()["key"]
    slack = web.taken("/kinds/slack")[0].json()
    assert "h0: cpu at 99" in slack["text"] and "<b>" not in slack["attachments"][0]["text"]
    card = web.taken("/kinds/teams")[0].json()["attachments"][0]["content"]
    assert card["type"] == "AdaptiveCard" and "h0: cpu at 99" in json.dumps(card)
    assert web.taken("/kinds/discord")[0].json()["allowed_mentions"] == {"parse": []}
    ntfy = web.taken("/kinds/ntfy")[0]
    assert ntfy.headers["Authorization"] == "Bearer tk_of_the_tests" and "h0: cpu at 99" in ntfy.headers["Title"]

    first, second = mail.mails
    assert first.encrypted and first.receivers == ["ops@example.com", "boss@example.com"]
    assert first["Subject"].startswith("h0: cpu at 99")
    assert second["In-Reply-To"] == first["Message-ID"] == second["References"]
    html = first.get_body(("html",)).get_content()
    assert "#00ff00" in html and "Kinds &lt;b&gt;&amp;Co" in html and "<b>" not in html
    assert "h0: cpu at 99" in first.get_body(("plain",)).get_content()
    wait_until(lambda: org.metrics()['atlas_notifications_sent_total{channel="mail"}'] == 2, 10, "the service counts both mails")
    host.close()
    service.stop()


def test_an_administrator_sees_the_channels_and_tests_them(fleet, orgs, web):
    org = orgs["tested"]
    set_channels(org, [webhook(web, "good", "/tested/good"), webhook(web, "bad", "/tested/bad")])
    web.behaviour["/tested/bad"] = 503
    service = fleet.ingest(org)
    admin = org.token("admin")

    def test(body, token=admin):
        return org.request("POST", "/api/v1/settings/notify-test", token=token, json=body)

    channels = org.json("/api/v1/settings/notify", token=admin)["channels"]
    assert [(one["name"], one["type"], one["sent"], one["last_sent"]) for one in channels] == \
        [("good", "webhook", 0, None), ("bad", "webhook", 0, None)]
    assert SECRET not in json.dumps(channels) and "http" not in json.dumps(channels)
    assert test({"channel": "good"}).json() == {"results": [{"channel": "good", "delivered": True, "trouble": ""}]}
    assert [one.json()["kind"] for one in web.taken("/tested/good")] == ["test"]
    verify(web.taken("/tested/good")[0])

    results = {one["channel"]: one for one in test({}).json()["results"]}
    assert results["good"]["delivered"] and not results["bad"]["delivered"] and "503" in results["bad"]["trouble"]
    assert len(web.taken("/tested/good")) == 2 and len(web.tried("/tested/bad")) == 1

    assert test({"channel": "nobody"}).status_code == 404
    assert test({"channel": 7}).status_code == test({"channel": "x" * 41}).status_code == 400
    assert test({"channel": "good"}, org.token("operator")).status_code == 403
    assert len(web.taken("/tested/good")) == 2
    told = [row["object"] for row in org.json("/api/v1/audit", token=admin)["audit"] if row["action"] == "notify.test"]
    assert sorted(told) == ["all channels", "good"]
    service.stop()


def test_a_receiver_that_fails_or_hangs_gets_all_in_order_later_and_costs_the_others_nothing(fleet, orgs, web):
    org = orgs["order"]
    set_channels(org, [webhook(web, name, f"/order/{name}") for name in ("good", "failing", "hanging", "dropping")])
    web.behaviour.update({"/order/failing": 503, "/order/hanging": "hang", "/order/dropping": "drop"})
    service = fleet.ingest(org)
    hosts = [Host(org, f"h{number}") for number in range(6)]
    delays = []
    for number, host in enumerate(hosts):
        fired = time.monotonic()
        host.report(99)
        wait_until(lambda count=number + 1: len(web.taken("/order/good")) == count, 10, "the good one is told", fleet.tails)
        delays.append(web.taken("/order/good")[-1].at - fired)
    assert not web.taken("/order/failing") and not web.taken("/order/hanging")
    print(f"the good receiver was told after {max(delays):.2f} s at most, of which 1 s is the window")
    assert statistics.median(delays) < 4 and max(delays) < 10
    web.behaviour.clear()
    for name in ("failing", "hanging", "dropping"):
        wait_until(lambda path=f"/order/{name}": len(web.taken(path)) >= 6, 60, f"the {name} one is told of all", fleet.tails)
        tried = web.tried(f"/order/{name}")
        incidents = [one.json()["alerts"][0]["host"] for one in web.taken(f"/order/{name}")]
        assert incidents == [f"h{number}" for number in range(6)], incidents
        # Before it was delivered, nothing was tried but the oldest.
        first = tried[0].key
        before = [one.key for one in tried if one.status != 200]
        assert set(before) == {first}
        print(f"{name}: {len(before)} attempts failed, all with the key {first}")
    for host in hosts:
        host.close()
    service.stop()


def test_none_is_lost_or_out_of_order_over_kills_at_any_point(fleet, orgs, web):
    org = orgs["killed"]
    set_channels(org, [webhook(web, "hook", "/killed/hook")])
    chance = random.Random(SEED)
    service = fleet.ingest(org)
    hosts = [Host(org, f"h{number}") for number in range(12)]
    told = lambda kind: {alert["host"] for one in web.taken("/killed/hook") for alert in one.json()["alerts"]  # noqa: E731
                         if one.json()["kind"] == kind}
    kills = 0
    for cpu, kind in ((99, "opened"), (1, "resolved")):
        for host in hosts:
            host.report(cpu)
            settle(chance.uniform(0, 1.6))
            service.kill()
            kills += 1
            service = fleet.ingest(org, ready=False)
            settle(chance.uniform(0, 1.6))
        # A sample that the killed service had taken from the broker but not judged is gone for alerts: hosts go on reporting.
        for host in hosts:
            host.report(cpu)
        wait_until(lambda kind=kind: told(kind) == {host.name for host in hosts}, 60, f"all are told of as {kind}",
                   lambda kind=kind: (sorted(told(kind)), fleet.tails()))
    arrivals = web.taken("/killed/hook")
    by_key = {}
    for one in arrivals:
        verify(one)
        assert by_key.setdefault(one.key, one.body) == one.body, "a duplicate differs"
    numbers = {}
    for one in {one.key: one for one in reversed(arrivals)}.values():
        numbers.setdefault(one.json()["incident"], []).append(one.json()["number"])
    for incident, found in numbers.items():
        assert sorted(found) == list(range(1, len(found) + 1)), (incident, found)
    order = list(dict.fromkeys(one.key for one in arrivals))
    places = [(key.split("/")[1], int(key.split("/")[2])) for key in order]
    for incident in numbers:
        seen = [number for where, number in places if where == incident]
        assert seen == sorted(seen)
    print(f"{kills} kills: {len(by_key)} messages, {len(arrivals) - len(by_key)} duplicates with the same key, none lost")
    for host in hosts:
        host.close()
    service.stop()


def test_an_address_of_this_machine_is_refused_unless_it_is_allowed(fleet, orgs, web):
    org = orgs["local"]
    closed = [dict(webhook(web, f"c{number}", "/local/closed"), url=url, allow_local=False)
              for number, url in enumerate((f"http://127.0.0.1:{web.port}/local/closed",
                                            f"http://localhost:{web.port}/local/closed",
                                            f"http://[::ffff:127.0.0.1]:{web.port}/local/closed",
                                            f"http://0.0.0.0:{web.port}/local/closed"))]
    metadata = dict(webhook(web, "metadata"), url="http://169.254.169.254/latest/")
    set_channels(org, [*closed, metadata, webhook(web, "open", "/local/open"), webhook(web, "moved", "/local/moved")])
    web.behaviour["/local/moved"] = 302
    service = fleet.ingest(org)
    host = Host(org, "h0")
    host.report(99)
    wait_until(lambda: web.taken("/local/open"), 10, "the one that is allowed is told", fleet.tails)
    names = [channel["name"] for channel in (*closed, metadata)]
    wait_until(lambda: all(org.metrics()[f'atlas_notification_failures_total{{channel="{name}"}}'] >= 2 for name in names), 20,
               "the others were tried", fleet.tails)
    assert not web.tried("/local/closed") and not web.tried("/elsewhere")
    assert web.tried("/local/moved")
    host.close()
    service.stop()
