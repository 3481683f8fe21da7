"""/metrics as Prometheus sees it."""

import shutil
import subprocess

import pytest
import requests

from support.deadline import wait_until
from support.fleet import free_port
from support.samples import Publisher


@pytest.fixture(scope="module", name="org")
def started(fleet):
    org = fleet.setup("Acme Corp", "acme")
    org.add_host("web-1")
    org.add_host("db-1")
    fleet.up()
    with org.client("web-1") as client:
        client.publish(org.topic("web-1"), Publisher().sample(cpu=12.5))
        client.publish(org.topic("web-1"), "not json")
        wait_until(lambda: org.metrics().get('atlas_samples_rejected_total{reason="not_json"}') == 1, 5,
                   "the samples are counted")
        yield org


def test_the_contracts_names_are_there(org):
    metrics = org.metrics()
    assert metrics["atlas_samples_accepted_total"] == 1
    assert metrics["atlas_inbox_dropped_total"] == 0
    assert metrics['atlas_hosts{state="online"}'] == 1
    assert metrics['atlas_hosts{state="unknown"}'] == 1
    assert metrics['atlas_host_cpu_percent{host="web-1"}'] == 12.5
    assert {'atlas_alerts{severity="warning"}', 'atlas_alerts{severity="critical"}'} <= set(metrics)


def test_the_content_type_is_prometheus_text(org):
    assert org.get("/metrics").headers["Content-Type"].startswith("text/plain; version=0.0.4")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (package prometheus)")
def test_promtool_finds_no_fault(org):
    done = subprocess.run(["promtool", "check", "metrics"], input=org.get("/metrics").text, text=True,
                          capture_output=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout + done.stderr == ""


@pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")
def test_a_real_prometheus_scrapes_it_with_an_api_token(org, fleet):
    token = fleet.root / "prometheus-token"
    token.write_text(org.token())
    config = fleet.root / "prometheus.yml"
    config.write_text(f"""
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: acme
    authorization: {{credentials_file: {token}}}
    static_configs: [{{targets: ['127.0.0.1:{org.port}']}}]
""")
    port = free_port()
    prometheus = fleet.start(["prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
                              f"--storage.tsdb.path={fleet.root / 'tsdb'}", "--log.level=warn"])

    def value():
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(f"http://127.0.0.1:{port}/api/v1/query",
                                 params={"query": 'atlas_host_cpu_percent{host="web-1"}'}, timeout=5).json()
        return answer["data"]["result"][0]["value"][1]
    assert wait_until(value, 30, "Prometheus has the figure", prometheus.tail, every=0.2) == "12.5"
    prometheus.stop()
