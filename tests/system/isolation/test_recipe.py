"""A client that shares nothing with this project but the recipe of topics.md: mosquitto_pub and mosquitto_sub."""

import os

import pytest

from support.programs import run

VERSIONS = ["mqttv311", "mqttv5"]


@pytest.fixture(name="mosquitto")
def make_mosquitto(stage, tmp_path):
    """Runs mosquitto_pub or mosquitto_sub as Acme's host h2; its password is in a file, not in the arguments."""
    user, password = stage.credentials["neighbour"]
    broker = stage.fleet.broker_address
    for name in ("mosquitto_pub", "mosquitto_sub"):
        file = tmp_path / name
        file.write_text(f"-u {user}\n-P {password}\n-h {broker.host}\n-p {broker.port}\n--cafile {broker.ca_file}\n", encoding="ascii")
        os.chmod(file, 0o600)

    def start(name, *arguments):
        return run([name, *arguments], XDG_CONFIG_HOME=str(tmp_path))
    return start


@pytest.mark.parametrize("version", VERSIONS)
def test_it_reports_for_its_own_host(stage, mosquitto, version):
    topic = stage.acme.topic("h2")
    done = mosquitto("mosquitto_pub", "-V", version, "-q", "1", "-t", topic, "-m", version)
    assert done.returncode == 0, done.stderr
    assert stage.service.wait_for(topic)[1] == version.encode()
    stage.service.forget()
    done = mosquitto("mosquitto_sub", "-V", version, "-q", "1", "-t", stage.acme.topic("h2", "cmd"), "-E")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("topic", ["org/{acme}/host/v1/metrics", "org/{acme}/host/v1/cmd", "org/{acme}/host/h2/cmd", "org/{acme}/alerts/h2/cpu",
                                   "org/{acme}/summary", "org/{beta}/host/h1/metrics", "org/{beta}/host/h2/metrics", "h2", "$SYS/x"])
def test_it_can_write_nothing_else(stage, mosquitto, version, topic):
    mosquitto("mosquitto_pub", "-V", version, "-q", "1", "-r", "-t", stage.topic(topic, "neighbour"), "-m", "stolen")
    stage.assert_unharmed()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("pattern", ["#", "org/{acme}/#", "org/{acme}/host/+/metrics", "org/{beta}/#", "$share/g/org/{acme}/host/h2/cmd", "$SYS/#"])
def test_it_can_read_nothing_else(stage, mosquitto, version, pattern):
    done = mosquitto("mosquitto_sub", "-V", version, "-q", "1", "-t", stage.topic(pattern, "neighbour"), "-E")
    assert done.returncode != 0 or "denied" in done.stderr, done
    assert done.stdout == ""
    stage.assert_unharmed()
