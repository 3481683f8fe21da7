"""Receivers of notifications: an HTTP server that fails, hangs and recovers as it is told, and a mail server with STARTTLS."""

import email
import email.policy
import http.server
import json
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Arrival:
    """One request, as it came."""

    def __init__(self, path, headers, body, status):
        self.at = time.monotonic()
        self.path, self.headers, self.body, self.status = path, headers, body, status

    @property
    def key(self):
        return self.headers.get("Idempotency-Key")

    def json(self):
        return json.loads(self.body)


class HttpReceiver:
    """Answers every POST below a path with what `behaviour` says of it: a status, "hang", or "drop"; 200 else."""

    def __init__(self):
        self.arrivals = []
        self.behaviour = {}
        self._released = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                wanted = outer.behaviour.get(self.path, 200)
                outer.arrivals.append(Arrival(self.path, dict(self.headers), body, wanted))
                if wanted == "hang":
                    outer._released.wait(60)
                    return
                if wanted == "drop":
                    return
                self.send_response(wanted)
                if wanted == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                """A client that was killed is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def taken(self, path):
        """What was answered with 200, in order."""
        return [one for one in list(self.arrivals) if one.path == path and one.status == 200]

    def tried(self, path):
        return [one for one in list(self.arrivals) if one.path == path]

    def close(self):
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class MailReceiver:
    """A mail server on localhost that takes mail only after STARTTLS and a login."""

    USER, PASSWORD = "fleet", "a mail password of the tests"

    def __init__(self):
        self.mails = []
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="atlas-mail-"))
        self.ca_file = self._folder / "cert.pem"
        key = self._folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                        "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                        self.ca_file], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key)
        from .fleet import free_port  # pylint: disable=import-outside-toplevel
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, tls_context=context,
                                      require_starttls=True, auth_required=True, auth_require_tls=True,
                                      authenticator=self._authenticate)
        self._controller.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._controller.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        good = data.login == self.USER.encode() and data.password == self.PASSWORD.encode()
        return AuthResult(success=good)

    async def handle_DATA(self, _server, session, envelope):  # pylint: disable=invalid-name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mail.encrypted = session.ssl is not None
        mail.receivers = list(envelope.rcpt_tos)
        self.mails.append(mail)
        return "250 taken"
