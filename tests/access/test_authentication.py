"""Who is asking: one bearer header, not taken back, and strong enough for the ledger."""

import time
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession
from structlog.testing import capture_logs

from checkpoint.access.authentication import Revocations
from checkpoint.access.keys import FixedKeys
from checkpoint.access.tables import TokenRevocation
from checkpoint.access.tokens import LEEWAY_SECONDS
from checkpoint.foundation.database import insert
from conftest import Clients
from forgeries import EC_KEY, JWKS, TRUST, bearer, in_seconds, signed, the_claims
from traces import entries

DOOR = "/v1/custody-records"


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


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Basic Y2FuYXJ5OmNhbmFyeQ=="],
        ["Bearer"],
        ["Bearer "],
        ["{token}"],
        ["Bearer {token}", "Bearer {token}"],
        ["Bearer {token}", "Basic Y2FuYXJ5"],
        ["Bearer {token}, Bearer {token}"],
    ],
)
async def test_anything_but_one_bearer_header_is_refused(door, owner, lines):
    token = signed()
    headers = [("Authorization", line.format(token=token)) for line in lines]
    await refused(owner, await door.get(DOOR, headers=headers))


@pytest.mark.parametrize("name", ["access_token", "token", "authorization"])
async def test_a_token_in_the_address_counts_for_nothing(door, owner, name):
    await refused(owner, await door.get(DOOR, params={name: signed()}))


async def test_a_token_in_a_cookie_or_a_form_counts_for_nothing(door, owner):
    answer = await door.get(DOOR, headers={"Cookie": f"access_token={signed()}"})
    await refused(owner, answer)


@pytest.mark.parametrize(
    "weak",
    [
        {"acr": "1"},
        {"acr": ...},
        {"acr": ["2"]},
        {"auth_time": ...},
        {"auth_time": "now"},
        {"auth_time": 1e300},
        {"auth_time": 1_700_000_000},
        {"auth_time": 4_000_000_000},
    ],
    ids=str,
)
async def test_a_weak_or_old_login_does_not_open_the_ledger(door, owner, weak):
    auditor = the_claims(checkpoint_role="auditor", **weak)
    answer = await door.get("/v1/ledger-entries", headers=bearer(signed(auditor)))
    row = await refused(owner, answer, "login-too-weak")
    assert row.actor_id == UUID(auditor["sub"])
    assert "insufficient_user_authentication" in answer.headers["www-authenticate"]


async def test_a_strong_login_opens_the_ledger(door):
    auditor = signed(the_claims(checkpoint_role="auditor"))
    answer = await door.get("/v1/ledger-entries?size=1", headers=bearer(auditor))
    assert answer.status_code == 200, answer.text


async def test_a_role_that_does_not_hold_the_ledger_is_forbidden_however_strong(door, owner):
    answer = await door.get("/v1/ledger-entries", headers=bearer(signed()))
    assert answer.status_code == 403
    assert len(await entries(owner, answer)) == 1


@pytest.mark.parametrize("role", ["custody_officer", "auditor"])
async def test_a_revoked_token_is_refused_in_time_and_a_new_one_with_a_lower_role_counts(
    door, owner, role
):
    someone = str(uuid4())
    old = signed(the_claims(sub=someone, checkpoint_role=role, iat=in_seconds(-60)))
    address = {"custody_officer": DOOR, "auditor": "/v1/ledger-entries?size=1"}[role]
    assert (await door.get(address, headers=bearer(old))).status_code == 200
    before = datetime.now(UTC) - timedelta(seconds=5)
    async with AsyncSession(owner) as session, session.begin():
        await insert(
            session,
            TokenRevocation(actor_id=UUID(someone), issued_before=before, revoked_by=uuid4()),
        )
    deadline = time.monotonic() + 1
    while (answer := await door.get(address, headers=bearer(old))).status_code == 200:
        assert time.monotonic() < deadline, "still accepted a second after it was taken back"
    await refused(owner, answer)
    lowered = signed(the_claims(sub=someone, checkpoint_role="navigator"))
    assert (await door.get("/v1/reference/suites", headers=bearer(lowered))).status_code == 200
    assert (await door.get(address, headers=bearer(lowered))).status_code == 403


async def revoke(owner, someone, at):
    async with AsyncSession(owner) as session, session.begin():
        await insert(
            session, TokenRevocation(actor_id=someone, issued_before=at, revoked_by=uuid4())
        )


@pytest.mark.parametrize(
    ("dated", "status"),
    [(-60, 401), (-1, 401), (0, 401), (1, 401), (2, 401), (3, 200), (5, 200)],
)
async def test_a_clock_ahead_does_not_carry_a_token_over_its_revocation(door, owner, dated, status):
    """How the token is dated, in seconds from the revocation; the clock may be two ahead."""
    someone, revoked_at = uuid4(), datetime.fromtimestamp(in_seconds(-30), UTC)
    await revoke(owner, someone, revoked_at)
    iat = int(revoked_at.timestamp()) + dated
    token = signed(the_claims(sub=str(someone), iat=iat))
    assert (await door.get(DOOR, headers=bearer(token))).status_code == status


async def test_a_token_dated_ahead_that_was_in_use_is_refused_once_it_is_revoked(door, owner):
    someone = uuid4()
    token = signed(the_claims(sub=str(someone), iat=in_seconds(1)))
    assert (await door.get(DOOR, headers=bearer(token))).status_code == 200
    await revoke(owner, someone, datetime.now(UTC))
    deadline = time.monotonic() + 1
    while (answer := await door.get(DOOR, headers=bearer(token))).status_code == 200:
        assert time.monotonic() < deadline, "still accepted a second after it was taken back"
    await refused(owner, answer)


@pytest.mark.parametrize("iat", [0, -1, -1e300])
async def test_a_revoked_token_is_refused_however_old_it_says_it_is(door, owner, iat):
    someone = uuid4()
    async with AsyncSession(owner) as session, session.begin():
        taken = TokenRevocation(
            actor_id=someone, issued_before=datetime.now(UTC), revoked_by=uuid4()
        )
        await insert(session, taken)
    answer = await door.get(DOOR, headers=bearer(signed(the_claims(sub=str(someone), iat=iat))))
    await refused(owner, answer)


@pytest.mark.parametrize(
    "token",
    [
        signed,
        lambda: signed(key=EC_KEY, alg="ES256", kid="ec-1"),
        lambda: signed(typ="application/at+jwt"),
        lambda: signed(typ="AT+JWT"),
        lambda: signed(the_claims(exp=in_seconds(-LEEWAY_SECONDS + 5))),
        lambda: signed(the_claims(checkpoint_suites=...)),
    ],
    ids=["RS256", "ES256", "typ in full", "typ in capitals", "within the leeway", "no suites"],
)
async def test_an_honest_token_is_accepted_and_on_record_once(door, owner, token):
    answer = await door.get(DOOR, headers=bearer(token()))
    assert answer.status_code == 200, answer.text
    assert len(await entries(owner, answer)) == 1


async def test_the_scheme_may_be_written_in_any_case(door):
    answer = await door.get(DOOR, headers={"Authorization": f"bEaReR {signed()}"})
    assert answer.status_code == 200


async def test_a_sub_that_is_no_uuid_gives_one_stable_id_of_its_issuer(door, owner):
    ids = set()
    for _ in range(2):
        claims = the_claims(sub="officer|1042", azp="desk")
        answer = await door.get(DOOR, headers=bearer(signed(claims)))
        ids |= {row.actor_id for row in await entries(owner, answer)}
    assert ids == {uuid5(NAMESPACE_URL, f"{TRUST.issuer}#officer|1042")}


@pytest.mark.parametrize(
    "client",
    [
        "a\0b",
        "\ud800",
        ["a"],
        7,
        "",
        "x" * 101,
        "x" * 5_000,
        "desk\u00e9",
        "Canary Person",
        "-a",
        "a@b",
        "a\n",
    ],
)
@pytest.mark.parametrize("claim", ["azp", "client_id"])
async def test_a_client_in_another_form_is_refused_and_never_in_the_ledger(
    door, owner, claim, client
):
    claims = the_claims(azp=...) | {claim: client}
    row = await refused(owner, await door.get(DOOR, headers=bearer(signed(claims))))
    assert (row.client, row.purpose) == (None, None)


@pytest.mark.parametrize("client", ["custody-desk", "desk_2.police", "https://desk.example/app"])
async def test_a_client_in_its_form_stands_in_the_ledger(door, owner, client):
    answer = await door.get(DOOR, headers=bearer(signed(the_claims(azp=client))))
    assert [row.client for row in await entries(owner, answer)] == [client]


async def test_a_token_without_a_client_is_on_record_without_one(door, owner):
    answer = await door.get(DOOR, headers=bearer(signed(the_claims(azp=...))))
    assert [row.client for row in await entries(owner, answer)] == [None]


@pytest.mark.parametrize(
    ("unfit", "rule"),
    [
        (lambda: {"checkpoint_suites": ["Canary Person"]}, "suites"),
        (lambda: {"azp": "Canary Person"}, "client"),
        (lambda: {"iat": in_seconds(LEEWAY_SECONDS - 2)}, "clock"),
    ],
    ids=["suites", "client", "clock"],
)
async def test_the_log_tells_the_operator_which_rule_a_signed_token_broke(door, unfit, rule):
    with capture_logs() as lines:
        await door.get(DOOR, headers=bearer(signed(the_claims(**unfit()))))
    (told,) = [line for line in lines if line["event"] == "token_unfit"]
    assert rule in told["why"]
    assert "Canary" not in str(told)
