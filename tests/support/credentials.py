"""The key derivation of topics.md, written from RFC 5869 with Python's own HMAC."""

import base64
import hashlib
import hmac
import string
import uuid

from . import secrets


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hkdf_sha256(ikm, salt, info, length=32):
    key = hmac.new(salt, ikm, hashlib.sha256).digest()
    output, block = b"", b""
    counter = 1
    while len(output) < length:
        block = hmac.new(key, block + info + bytes([counter]), hashlib.sha256).digest()
        output += block
        counter += 1
    return output[:length]


def key_bytes(text):
    """The API key's bytes: afk_ + base64url, 64 hexadecimal digits, or bare base64url."""
    if len(text) == 64 and all(c in string.hexdigits for c in text):
        return secrets.note(bytes.fromhex(text), "an API key")
    text = text.removeprefix("afk_")
    return secrets.note(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "an API key")


def host_user(org, host):
    return f"{org}/host/{host}"


def _derive(key, org, label, what):
    return secrets.note(base64url(hkdf_sha256(key, uuid.UUID(org).bytes, f"atlas-fleet/v1/{label}".encode())), what)


def host_password(key, org, host, generation=1):
    return _derive(key, org, f"host/{host}/{generation}", "a host's password")


def ingest_password(key, org):
    return _derive(key, org, "ingest", "a service's password")


def canary_password(key, org):
    return _derive(key, org, "canary", "a canary's password")


def enrollment_token(key, org, number):
    return "aft_" + _derive(key, org, f"enroll/{number}", "an enrolment token")
