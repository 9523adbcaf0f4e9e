"""Lists are sealed from a seed or as the statistician's own, by somebody else than the adopter."""

import secrets
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from checkpoint.allocation import loading
from checkpoint.allocation.loading import OneHandTooMany, SealRefused
from checkpoint.allocation.proving import prove
from checkpoint.allocation.sequence import Place, commitment, label_of, sequence
from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.settings import Environment
from checkpoint.trials import loading as trials
from conftest import NOON
from crowd import crowd
from trialling import SEED, a_protocol

EVEN = {"treatment": 1, "control": 1}
PRODUCTION = {
    "environment": Environment.PRODUCTION,
    "local_issuer": False,
    "issuer": "https://idp.example/realm",
    "jwks_url": "https://idp.example/keys",
    "public_url": "https://checkpoint.example",
    "cursor_key": SecretStr("c" * 32),
    "sealing_key": SecretStr(secrets.token_hex(32)),
}
SLOTS = """
    SELECT suite, number, position, place, slot.id, slot.arm FROM slot
      JOIN trial_stratum ON trial_stratum.id = slot.trial_stratum_id
      JOIN sealed_list ON sealed_list.id = slot.sealed_list_id
     ORDER BY suite, place
"""
MANAGER, STATISTICIAN = (Actor(id=uuid4(), role=Role.OPERATOR) for _ in range(2))
OWN = [Place("DURHAMGATE", n, arm) for n, arm in enumerate(("control", "treatment"), 1)]


async def adopt(stage, **protocol):
    async with transaction(stage.owner) as session:
        await trials.adopt(
            session, a_protocol(**{"strata": ["DURHAMGATE"]} | protocol), by=MANAGER, at=NOON
        )


async def seal(stage, code="TEST-TRIAL", *, by=STATISTICIAN, vault=None, **how):
    given = {"sizes": (4,), "places": 4} | how
    async with transaction(stage.owner) as session:
        return await loading.seal_blocks(
            session, code, SEED, vault=vault or Vault(stage.settings()), by=by, at=NOON, **given
        )


async def seal_own(stage, places, code="TEST-TRIAL"):
    async with transaction(stage.owner) as session:
        return await loading.seal_own(
            session,
            code,
            places,
            bytes(32),
            vault=Vault(stage.settings()),
            by=STATISTICIAN,
            at=NOON,
        )


async def opened(stage):
    """Every place with its arm in the clear: suite, list, place in the stratum, arm."""
    vault = Vault(stage.settings())
    return [
        (row.suite, row.number, row.place, vault.open(row.arm, place=str(row.id)))
        for row in await stage.found(SLOTS)
    ]


async def drawn(stage, cases):
    client = stage.at()()
    answers = [
        await client.put(
            f"/v1/custody-records/{case.record_id}/allocation",
            json={"eligibility_decision_id": str(case.decision_id)},
        )
        for case in cases
    ]
    assert {answer.status_code for answer in answers} == {201}, answers[-1].text
    return [answer.json()["arm"] for answer in answers]


async def test_a_seed_seals_the_sequence_that_it_gives(stage):
    await adopt(stage)
    sealed, counts = await seal(stage, places=10, sizes=(4, 6))
    arms = sequence(SEED, label_of("TEST-TRIAL", 1, "DURHAMGATE"), EVEN, (4, 6), places=10)
    assert await opened(stage) == [("DURHAMGATE", 1, n, arm) for n, arm in enumerate(arms, 1)]
    assert counts == {"DURHAMGATE": len(arms)}
    assert sealed.seed_commitment == commitment(SEED)
    (entry,) = await stage.found("SELECT * FROM audit_entry WHERE event = 'allocation.list_sealed'")
    assert (entry.subject_ids[0], entry.actor_id) == (sealed.id, STATISTICIAN.id)


@pytest.mark.slow
async def test_a_second_list_goes_on_where_the_first_ends(stage):
    await adopt(stage)
    await seal(stage)
    await seal(stage)
    found = await opened(stage)
    assert [(number, place) for _, number, place, _ in found] == [
        *((1, place) for place in range(1, 5)),
        *((2, place) for place in range(5, 9)),
    ]
    cases = await crowd(stage.url, ["DURHAMGATE"], 6, at=NOON)
    assert await drawn(stage, cases) == [arm for *_, arm in found[:6]]


async def test_a_list_may_be_sealed_for_one_stratum_alone(stage):
    await adopt(stage, strata=["DURHAMGATE", "PETERLEE"])
    _, counts = await seal(stage, strata=["PETERLEE"])
    assert counts == {"PETERLEE": 4}
    with pytest.raises(SealRefused, match="No stratum of the trial: DARLINGTON"):
        await seal(stage, strata=["PETERLEE", "DARLINGTON"])


@pytest.mark.slow
async def test_after_an_amendment_with_its_own_list_draws_come_from_that_one(stage):
    await adopt(stage)
    await seal(stage)
    cases = await crowd(stage.url, ["DURHAMGATE"], 4, at=NOON)
    first = [arm for *_, arm in await opened(stage)]
    assert await drawn(stage, cases[:2]) == first[:2]
    ratio = {"treatment": 2, "control": 1}
    await adopt(stage, number=2, version="2.0", in_effect_from=date(2026, 11, 3), arms=ratio)
    refused = await stage.at()().put(
        f"/v1/custody-records/{cases[2].record_id}/allocation",
        json={"eligibility_decision_id": str(cases[2].decision_id)},
    )
    assert (refused.status_code, refused.json()["errorCode"]) == (503, "list-not-sealed")
    await seal(stage, sizes=(3,), places=3)
    second = [arm for _, number, _, arm in await opened(stage) if number == 2]
    assert sorted(second) == ["control", "treatment", "treatment"]
    assert await drawn(stage, cases[3:]) == second[:1]
    async with transaction(stage.owner) as session:
        await trials.close(session, "TEST-TRIAL", words="Synthetic.", by=MANAGER, at=NOON)
    async with transaction(stage.owner) as session:
        vault = Vault(stage.settings())
        proofs = await prove(session, "TEST-TRIAL", SEED, vault=vault, by=MANAGER, at=NOON)
    assert [proof.faults for proof in proofs] == [(), ()]
    assert [proof.drawn["DURHAMGATE"] for proof in proofs] == [2, 1]
    assert [proof.replaced for proof in proofs] == [{"DURHAMGATE": len(first) - 2}, {}]


async def test_nobody_waits_to_be_drawn_while_another_list_is_sealed(stage):
    await adopt(stage)
    await seal(stage, places=4)
    (case,) = await crowd(stage.url, ["DURHAMGATE"], 1, at=NOON)
    officer = UUID((await stage.at()().get("/v1/me")).json()["id"])
    elsewhere = UUID(int=officer.int + 1)  # the ledger's next stream: in one, the second waits
    async with transaction(stage.owner) as session:
        await loading.seal_blocks(
            session,
            "TEST-TRIAL",
            SEED,
            sizes=(4,),
            places=4,
            vault=Vault(stage.settings()),
            by=replace(STATISTICIAN, id=elsewhere),
            at=NOON,
        )
        assert len(await drawn(stage, [case])) == 1


async def test_sizes_that_do_not_keep_the_ratio_are_refused(stage):
    await adopt(stage)
    with pytest.raises(SealRefused, match="multiple of 2"):
        await seal(stage, sizes=(5,))


async def test_a_closed_trial_takes_no_list(stage):
    await adopt(stage)
    async with transaction(stage.owner) as session:
        await trials.close(session, "TEST-TRIAL", words="Synthetic.", by=MANAGER, at=NOON)
    with pytest.raises(SealRefused, match="closed"):
        await seal(stage)


async def test_a_live_list_is_sealed_in_production_alone_and_by_another_hand(stage):
    await adopt(stage, trial="TRIAL", kind="live")
    with pytest.raises(SealRefused, match="only test lists"):
        await seal(stage, "TRIAL")
    vault = Vault(stage.settings(**PRODUCTION))
    with pytest.raises(OneHandTooMany):
        await seal(stage, "TRIAL", by=MANAGER, vault=vault)
    sealed, _ = await seal(stage, "TRIAL", vault=vault)
    assert sealed.kind == "live"


async def test_whoever_adopted_a_test_protocol_may_seal_its_list(stage):
    await adopt(stage)
    sealed, _ = await seal(stage, by=MANAGER)
    assert sealed.number == 1


async def test_a_statistician_s_own_list_is_sealed_in_order(stage):
    await adopt(stage)
    sealed, counts = await seal_own(stage, OWN[::-1])
    assert (sealed.method, sealed.seed_commitment, counts) == ("own_list", None, {"DURHAMGATE": 2})
    assert [arm for *_, arm in await opened(stage)] == ["control", "treatment"]


async def test_an_own_list_that_does_not_fit_the_protocol_is_refused_with_every_fault(stage):
    await adopt(stage)
    with pytest.raises(SealRefused, match=r"no stratum of the protocol; .*ratio"):
        await seal_own(stage, [*OWN[:1], OWN[1]._replace(stratum="PETERLEE")])
    assert await stage.found("SELECT id FROM sealed_list") == []


async def test_what_the_database_keeps_otherwise_than_sealed_is_refused(stage):
    await adopt(stage)
    await stage.found("""
        CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN NEW.arm := set_byte(NEW.arm, 0, (get_byte(NEW.arm, 0) + 1) % 256); RETURN NEW; END$$
    """)
    await stage.found(
        "CREATE TRIGGER spoil BEFORE INSERT ON slot FOR EACH ROW EXECUTE FUNCTION spoil()"
    )
    with pytest.raises(SealRefused, match="something else"):
        await seal(stage)
    assert await stage.found("SELECT id FROM slot") == []
