"""Proves the demo: each organisation's API shows its own hosts with moving figures, and strangers are refused.

usage: demo_check.py ROOT BROKER_PORT "slug|name|port|colour|host host"…

Uses Python's own library and mosquitto_pub only, so that it runs wherever the demo does. Tokens and passwords come from
files of ROOT and go to no argument list.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

DEADLINE = time.monotonic() + 90
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Org:
    def __init__(self, root, words):
        self.slug, self.name, port, self.color, hosts = words.split("|")
        self.base = f"http://127.0.0.1:{port}"
        self.hosts = sorted(hosts.split())
        self.token = (root / "secrets" / f"{self.slug}.token").read_text().strip()
        self.agent = json.loads((root / "agents" / f"{self.hosts[0]}.json").read_text())
        self.id = self.agent["organization_id"]
        self.seen = {"hosts": "-", "figures": "-", "page": "-", "tokens": "-", "publish": "-"}

    def get(self, path, token):
        """(status, body)"""
        request = urllib.request.Request(self.base + path)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with OPENER.open(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode(errors="replace")

    def rows(self):
        status, body = self.get("/api/v1/hosts", self.token)
        if status != 200:
            raise AssertionError(f"{self.name}: /api/v1/hosts answered {status}")
        return {row["id"]: row for row in json.loads(body)["hosts"]}


def wait_until(condition, what):
    problem = None
    while time.monotonic() < DEADLINE:
        try:
            value = condition()
            if value:
                return value
        except (OSError, KeyError, ValueError) as error:
            problem = error
        time.sleep(0.1)
    raise AssertionError(f"in time: {what}" + (f" ({problem})" if problem else ""))


def check_own_hosts(org):
    def online():
        rows = org.rows()
        return sorted(rows) == org.hosts and all(
            row["state"] == "online" and "cpu" in row for row in rows.values()) and rows
    try:
        first = wait_until(online, f"{org.name} shows {' and '.join(org.hosts)} online")
    except AssertionError as problem:
        raise AssertionError(f"{problem}; it shows {org.rows()}") from None
    org.seen["hosts"] = " ".join(org.hosts)

    def moved():
        rows = org.rows()
        return all(rows[host]["ts"] > first[host]["ts"] and
                   (rows[host]["cpu"], rows[host]["memory"], rows[host].get("network")) !=
                   (first[host]["cpu"], first[host]["memory"], first[host].get("network"))
                   for host in org.hosts) and rows
    rows = wait_until(moved, f"{org.name}'s figures move")
    org.seen["figures"] = "moving, cpu " + "/".join(f"{rows[host]['cpu']['percent']:.0f}%" for host in org.hosts)


def check_page(org):
    status, body = org.get("/api/v1/branding", None)
    brand = json.loads(body)
    if status != 200 or (brand["name"], brand["primary_color"]) != (org.name, org.color):
        raise AssertionError(f"{org.name}: the branding is {body}")
    status, body = org.get("/dashboard", None)
    if status != 200 or "<html" not in body.lower():
        raise AssertionError(f"{org.name}: /dashboard answered {status}")
    org.seen["page"] = org.color


def check_tokens(org, others):
    for path in ("/api/v1/hosts", "/api/v1/alerts", f"/api/v1/hosts/{org.hosts[0]}", "/metrics"):
        for whose, token in [("nobody", None)] + [(other.name, other.token) for other in others]:
            status, _ = org.get(path, token)
            if status != 401:
                raise AssertionError(f"{org.name}: {path} with the token of {whose} answered {status}, not 401")
    org.seen["tokens"] = "401"


def publish(root, broker_port, sender, topic, payload):
    """What mosquitto_pub says of a QoS 1 publish over MQTT 5 with a host's credential; empty when it was accepted."""
    folder = root / "secrets" / "mosquitto"
    folder.mkdir(exist_ok=True)
    options = folder / "mosquitto_pub"
    options.write_text(f"-P {sender.agent['password']}\n")
    options.chmod(0o600)
    user = f"{sender.id}/host/{sender.agent['host_id']}"
    done = subprocess.run(
        ["mosquitto_pub", "-h", "localhost", "-p", broker_port, "--cafile", str(root / "broker/certs/ca.crt"), "-V", "5",
         "-q", "1", "-u", user, "-i", user, "-t", topic, "-s"],
        input=json.dumps(payload), text=True, capture_output=True, timeout=15, check=False,
        env={**os.environ, "XDG_CONFIG_HOME": str(folder), "LC_ALL": "C"})
    return (done.stdout + done.stderr).strip()


def check_publish(root, broker_port, org, sender):
    marker = 99.75
    for host in (org.hosts[0], "stranger"):
        said = publish(root, broker_port, sender, f"org/{org.id}/host/{host}/metrics",
                       {"v": 1, "ts": int(time.time() * 1000) + 1000, "cpu": {"percent": marker},
                        "memory": {"percent": marker}})
        if "not authorized" not in said.lower():
            raise AssertionError(f"{org.name}: a publish by {sender.agent['host_id']} was not refused: {said!r}")
    rows = org.rows()
    if sorted(rows) != org.hosts:
        raise AssertionError(f"{org.name}: after a foreign publish it shows {sorted(rows)}")
    if any(row["memory"]["percent"] == marker for row in rows.values()):
        raise AssertionError(f"{org.name}: a foreign publish is shown")
    org.seen["publish"] = "not authorized"


def print_table(orgs):
    heads = ["organisation", "dashboard", "colour", "its hosts, and no other", "figures", "foreign token",
             "foreign publish"]
    rows = [[org.name, f"{org.base}/dashboard", org.seen["page"], org.seen["hosts"], org.seen["figures"],
             org.seen["tokens"], org.seen["publish"]] for org in orgs]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    for row in [heads, ["-" * width for width in widths], *rows]:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def main():
    root, broker_port = pathlib.Path(sys.argv[1]), sys.argv[2]
    orgs = [Org(root, words) for words in sys.argv[3:]]
    problems = []
    for number, org in enumerate(orgs):
        others = [other for other in orgs if other is not org]
        for check in (lambda: check_own_hosts(org), lambda: check_page(org), lambda: check_tokens(org, others),
                      lambda: check_publish(root, broker_port, org, orgs[(number + 1) % len(orgs)])):
            try:
                check()
            except (AssertionError, OSError, KeyError, ValueError, subprocess.TimeoutExpired) as problem:
                problems.append(f"{org.name}: {problem}" if not str(problem).startswith(org.name) else str(problem))
    print_table(orgs)
    for problem in problems:
        print(f"WRONG: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
