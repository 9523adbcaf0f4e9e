"""Tokens, honest and forged, and the keys of an identity provider. Made by hand where PyJWT balks."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from checkpoint.access.tokens import Trust

TRUST = Trust(issuer="https://idp.example/realm", audience="checkpoint-api", strong_acr=("2",))
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = RSA_KEY.public_key()
PEM = PUBLIC.public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
DER = PUBLIC.public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)


def a_jwk(key: Any, kid: str, **members: Any) -> dict[str, Any]:
    """The public half of a key, as an identity provider publishes it."""
    rs = isinstance(key, rsa.RSAPrivateKey)
    algorithm = jwt.algorithms.RSAAlgorithm if rs else jwt.algorithms.ECAlgorithm
    return algorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"} | members


JWKS = {"keys": [a_jwk(RSA_KEY, "rsa-1"), a_jwk(EC_KEY, "ec-1")]}


def the_claims(**changes: Any) -> dict[str, Any]:
    """What an officer's token says; ``...`` takes a claim away."""
    now = int(time.time())
    claims = {
        "iss": TRUST.issuer,
        "aud": TRUST.audience,
        "sub": str(uuid4()),
        "iat": now,
        "nbf": now,
        "exp": now + 600,
        "auth_time": now,
        "acr": "2",
        "azp": "custody-desk",
        "checkpoint_role": "custody_officer",
        "checkpoint_suites": ["DURHAMGATE"],
    }
    return {name: value for name, value in (claims | changes).items() if value is not ...}


def in_seconds(seconds: int) -> int:
    """The time then, as tokens tell it."""
    return int(time.time()) + seconds


def the_header(**changes: Any) -> dict[str, Any]:
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "rsa-1"} | changes
    return {name: value for name, value in header.items() if value is not ...}


def signed(claims: dict[str, Any] | None = None, key: Any = RSA_KEY, **header: Any) -> str:
    """A token signed as its header says."""
    head = the_header(**header)
    algorithm = jwt.get_algorithm_by_name(head["alg"])
    return sealed(head, claims or the_claims(), lambda content: algorithm.sign(content, key))


def with_secret(secret: bytes, **header: Any) -> str:
    """A token whose HMAC secret is something that everybody knows."""

    def sign(content: bytes) -> bytes:
        return hmac.digest(secret, content, hashlib.sha256)

    return sealed(the_header(alg="HS256", **header), the_claims(), sign)


def sealed(header: dict[str, Any], claims: Any, sign: Any) -> str:
    content = b".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    return (content + b"." + b64(sign(content))).decode()


def b64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
