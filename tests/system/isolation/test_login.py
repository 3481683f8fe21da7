"""Who is let in at all: only a name of the password file with its own password."""

import socket
import ssl

import pytest

from support import credentials
from support.raw_mqtt import CLOSED, RawClient


def guesses(stage):
    """(what, user, password), each wrong in another way."""
    acme, beta = stage.acme, stage.beta
    v1, right = stage.of_host(acme, "v1")
    service, of_service = stage.of_service(acme)
    other = stage.of_host(beta, "h1").password
    beta_service = stage.of_service(beta).password
    return [
        ("nobody", None, None), ("an empty password", v1, ""), ("a wrong password", v1, "wrong"), ("the user as password", v1, v1),
        ("a part of the password", v1, right[:-1]), ("more than the password", v1, right + "x"), ("the password in capitals", v1, right.upper()),
        ("a NUL after the name", v1 + "\0x", right), ("a foreign host's password", v1, other),
        ("a neighbour's password", v1, acme.password("h2")), ("the next generation", v1, acme.password("v1", 2)),
        ("generation 0", v1, acme.password("v1", 0)), ("the service's password for a host", v1, of_service),
        ("a foreign service's password", service, beta_service), ("a host's password for the service", service, right),
        ("the API key for the service", service, acme.config["server"]["api_key"]), ("the API key for a host", v1, acme.config["server"]["api_key"]),
        ("an enrolment token", v1, credentials.enrollment_token(acme.key, acme.id, 1)),
        ("a password from another organisation's salt", v1, credentials.host_password(acme.key, beta.id, "v1")),
        ("a password from another organisation's key", v1, credentials.host_password(beta.key, acme.id, "v1")),
        ("a host that is not enrolled", acme.user("new"), acme.password("new")),
        ("a wildcard for a host", f"{acme.id}/host/+", acme.password("+")), ("a wildcard for all", "#", right), ("a plus", "+", right),
        ("a host with all below", f"{v1}/#", right), ("a slash after the host", f"{v1}/", right), ("dots", f"{acme.id}/host/h2/../v1", right),
        ("no host", f"{acme.id}/host/", right), ("capitals", v1.upper(), right), ("a space after the name", v1 + " ", right),
        ("a line break after the name", v1 + "\n", right), ("a colon after the name", v1 + ":", right),
        ("a second line in the name", f"x\n{v1}", right), ("an empty name", "", right), ("the canary", "canary", "canary"),
        ("the broker's own user", "mosquitto", ""), ("root", "root", ""), ("admin", "admin", "admin"),
    ]


@pytest.mark.parametrize("version", [3, 5])
def test_no_guess_is_let_in(stage, version):
    for what, user, password in guesses(stage):
        with RawClient(stage.fleet.broker_address, user, password, version=version) as client:
            assert client.refused == CLOSED or client.refused >= (128 if version == 5 else 1), what
            assert client.publish(stage.acme.topic("v1")) == CLOSED, what
        stage.assert_unharmed()


@pytest.mark.parametrize("version", [3, 5])
def test_a_broken_off_login_leaves_nothing(stage, version):
    """A second CONNECT on a connection that is let in, as another client."""
    with stage.attack("foreign-host", version) as client:
        assert client.connect_again(stage.acme.user("v1"), "wrong") == CLOSED
        stage.assert_unharmed()


def test_without_tls_nothing_answers(stage):
    broker = stage.fleet.broker_address
    with socket.create_connection((broker.host, broker.port), timeout=5) as plain:
        plain.sendall(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04spy1")
        try:
            answer = plain.recv(1024)
        except ConnectionError:
            answer = b""
        assert answer[:1] != b"\x20", "a CONNACK"
    stage.assert_unharmed()


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(stage, newest):
    broker = stage.fleet.broker_address
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(str(broker.ca_file))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = newest
    with socket.create_connection((broker.host, broker.port), timeout=5) as plain:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(plain, server_hostname=broker.host)
