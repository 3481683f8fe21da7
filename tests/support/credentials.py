"""The key derivation of topics.md, written from RFC 5869 with Python's own HMAC."""

import base64
import hashlib
import hmac
import string
import uuid


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
        return bytes.fromhex(text)
    text = text.removeprefix("afk_")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def host_user(org, host):
    return f"{org}/host/{host}"


def host_password(key, org, host, generation=1):
    info = f"atlas-fleet/v1/host/{host}/{generation}".encode()
    return base64url(hkdf_sha256(key, uuid.UUID(org).bytes, info))


def ingest_password(key, org):
    return base64url(hkdf_sha256(key, uuid.UUID(org).bytes, b"atlas-fleet/v1/ingest"))


def enrollment_token(key, org, number):
    return "aft_" + base64url(hkdf_sha256(key, uuid.UUID(org).bytes, f"atlas-fleet/v1/enroll/{number}".encode()))
