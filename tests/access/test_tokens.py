"""Every row of the token table: refused with 401, and on record once."""

import json
from uuid import UUID

import pytest

from checkpoint.access.authentication import Revocations
from checkpoint.access.keys import FixedKeys
from checkpoint.access.tokens import AHEAD_SECONDS, LEEWAY_SECONDS
from conftest import Clients
from forgeries import (
    DER,
    EC_KEY,
    JWKS,
    PEM,
    STRANGER,
    TRUST,
    a_jwk,
    in_seconds,
    sealed,
    signed,
    the_claims,
    the_header,
    with_secret,
)
from traces import entries

DOOR = "/v1/custody-records"
JWK_TEXT = json.dumps(JWKS["keys"][0]).encode()
ATTACKER = "https://attacker.example/keys"


def unsigned(alg):
    return sealed(the_header(alg=alg), the_claims(), lambda _: b"")


def saying(**claims):
    return lambda: signed(the_claims(**claims))


def headed(**header):
    return lambda: signed(**header)


def tampered():
    head, _, signature = signed().split(".")
    return ".".join([head, signed(the_claims(checkpoint_suites=["X"])).split(".")[1], signature])


FORGED = {
    "signed by a stranger's key": lambda: signed(key=STRANGER),
    "another token's claims under the signature": tampered,
    "signature cut off": lambda: signed().rpartition(".")[0] + ".",
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "alg nOnE": lambda: unsigned("nOnE"),
    "alg none with a signature": lambda: sealed(
        the_header(alg="none"), the_claims(), lambda _: b"x" * 256
    ),
    "alg absent": lambda: sealed(the_header(alg=...), the_claims(), lambda _: b""),
    "alg a list": lambda: unsigned(["RS256"]),
    "HS256 with the public key as PEM": lambda: with_secret(PEM),
    "HS256 with the public key as DER": lambda: with_secret(DER),
    "HS256 with the public key as JWK": lambda: with_secret(JWK_TEXT),
    "HS256 with an empty secret": lambda: with_secret(b""),
    "HS256 on the EC key's id": lambda: with_secret(PEM, kid="ec-1"),
    "RS256 where the key is EC": lambda: signed(kid="ec-1"),
    "ES256 where the key is RSA": lambda: signed(key=EC_KEY, alg="ES256"),
    "PS256": headed(alg="PS256"),
    "RS384": headed(alg="RS384"),
    "RS512": headed(alg="RS512"),
    "no kid": headed(kid=...),
    "kid not a text": headed(kid=7),
    "unknown kid": headed(kid="rsa-2"),
    "empty kid": headed(kid=""),
    "kid a path": headed(kid="../../../../dev/null"),
    "kid SQL": headed(kid="' UNION SELECT 'x' --"),
    "jku": headed(jku=ATTACKER),
    "x5u": headed(x5u=ATTACKER),
    "jwk": lambda: signed(key=STRANGER, jwk=a_jwk(STRANGER, "rsa-1")),
    "x5c": headed(x5c=["MIIB"]),
    "unknown crit": headed(crit=["shiny"], shiny=True),
    "crit that hides the expiry": headed(crit=["exp"], exp=1),
    "b64 false": headed(crit=["b64"], b64=False),
    "expired beyond the leeway": lambda: signed(the_claims(exp=in_seconds(-LEEWAY_SECONDS - 1))),
    "not yet valid": lambda: signed(the_claims(nbf=in_seconds(LEEWAY_SECONDS + 5))),
    "issued in the future": lambda: signed(the_claims(iat=in_seconds(LEEWAY_SECONDS + 5))),
    "issued three seconds ahead": lambda: signed(the_claims(iat=in_seconds(AHEAD_SECONDS + 2))),
    "exp a text": saying(exp="tomorrow"),
    "exp without end": saying(exp=float("inf")),
    "exp beyond a float": saying(exp=10**400),
    "nbf NaN": saying(nbf=float("nan")),
    "no exp": saying(exp=...),
    "no nbf": saying(nbf=...),
    "no iat": saying(iat=...),
    "no iss": saying(iss=...),
    "no aud": saying(aud=...),
    "no sub": saying(sub=...),
    "exp null": saying(exp=None),
    "wrong iss": saying(iss="https://idp.example/other"),
    "iss a prefix of ours": saying(iss=TRUST.issuer[:-1]),
    "iss that ours is a prefix of": saying(iss=TRUST.issuer + "/"),
    "iss a list with ours": saying(iss=[TRUST.issuer]),
    "same sub of another issuer": saying(iss="https://other.example", sub=str(UUID(int=7))),
    "wrong aud": saying(aud="another-api"),
    "aud a list with ours": saying(aud=["another-api", TRUST.audience]),
    "aud a list of ours alone": saying(aud=[TRUST.audience]),
    "ID token": headed(typ="JWT"),
    "typ absent": headed(typ=...),
    "typ not a text": headed(typ=["at+jwt"]),
    "longer than 8 KB": saying(padding="x" * 8_192),
    "empty sub": saying(sub=""),
    "sub not a text": saying(sub=7),
    "sub with NUL": saying(sub="a\0b"),
    "sub with half a pair": saying(sub="\ud800"),
    "no role": saying(checkpoint_role=...),
    "role of the shell": saying(checkpoint_role="operator"),
    "unknown role": saying(checkpoint_role="admin"),
    "roles a list": saying(checkpoint_role=["custody_officer"]),
    "rank unknown": saying(checkpoint_rank="sheriff"),
    "rank a list": saying(checkpoint_rank=["inspector"]),
    "suites a text": saying(checkpoint_suites="DURHAMGATE"),
    "suite with NUL": saying(checkpoint_suites=["A\0"]),
    "suite a name": saying(checkpoint_suites=["Canary Person"]),
    "suite an address": saying(checkpoint_suites=["canary@police.example"]),
    "suite empty": saying(checkpoint_suites=[""]),
    "suite of 41 symbols": saying(checkpoint_suites=["X" * 41]),
    "suite with a line's end": saying(checkpoint_suites=["X\n"]),
    "suite beyond ASCII": saying(checkpoint_suites=["DURH\u00c4M"]),
    "one suite of two unfit": saying(checkpoint_suites=["DURHAMGATE", "a b"]),
    "suites beyond a hundred": saying(checkpoint_suites=["X"] * 101),
    "suite with half a pair": saying(checkpoint_suites=["\ud800"]),
    "claims a list": lambda: sealed(the_header(), [], lambda content: b""),
    "not a token": lambda: "canary",
    "five parts": lambda: "a.b.c.d.e",
    "header not JSON": lambda: "!!!!.e30.e30",
    "beyond ASCII": lambda: "caf\u00e9",
}


@pytest.fixture
def door(app, api, monkeypatch):
    """The real gate, trusting an identity provider whose keys the tests hold."""
    gate = app.state.gate
    monkeypatch.setattr(gate, "trust", TRUST)
    monkeypatch.setattr(gate, "keys", FixedKeys(JWKS))
    monkeypatch.setattr(gate, "revocations", Revocations(api, seconds=0.05))
    return Clients(app).bare()


async def refused(owner, answer, slug="not-authenticated"):
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert answer.json()["errorCode"] == slug
    (row,) = await entries(owner, answer)
    assert (row.outcome, row.event, row.operation) == (slug, "request.refused", "consultation")
    return row


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_forged_or_unfit_token_is_refused_and_on_record_once(door, owner, forge):
    token = forge()
    header = {"Authorization": f"Bearer {token}".encode("latin-1")}
    answer = await door.get(DOOR, headers=header)
    row = await refused(owner, answer)
    assert row.actor_id is None
    assert token not in answer.text
