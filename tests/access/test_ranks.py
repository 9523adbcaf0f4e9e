"""A police rank comes with the login, is shown back, and is chosen where the service is tried."""

import jwt
import pytest

from checkpoint.access.tokens import actor_from
from checkpoint.foundation.actors import Rank, Role
from forgeries import TRUST, the_claims


def test_ranks_stand_in_order():
    assert [rank for rank in Rank if rank.is_at_least(Rank.CHIEF_SUPERINTENDENT)] == [
        "chief_superintendent",
        "assistant_chief_constable",
        "deputy_chief_constable",
        "chief_constable",
    ]


def test_the_provider_vouches_for_a_rank_or_for_none():
    assert actor_from(the_claims(), TRUST).rank is None
    assert actor_from(the_claims(checkpoint_rank="inspector"), TRUST).rank is Rank.INSPECTOR


@pytest.mark.parametrize(
    ("form", "rank"),
    [
        ({"role": "supervisor"}, "inspector"),
        ({"role": "custody_officer"}, "constable"),
        ({"role": "auditor"}, None),
        ({"role": "supervisor", "rank": "sergeant"}, "sergeant"),
    ],
)
async def test_whoever_tries_the_service_chooses_a_rank(clients, form, rank):
    answer = await clients.bare().post("/local-issuer/token", data=form)
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims.get("checkpoint_rank") == rank


async def test_anybody_is_shown_their_rank(clients):
    assert (await clients(Role.SUPERVISOR).get("/v1/me")).json()["rank"] == "inspector"
    assert (await clients(Role.AUDITOR).get("/v1/me")).json()["rank"] is None


async def test_an_unknown_rank_gets_no_token(clients):
    form = {"role": Role.SUPERVISOR.value, "rank": "canary"}
    answer = await clients.bare().post("/local-issuer/token", data=form)
    assert answer.status_code == 422
    assert "canary" not in answer.text
