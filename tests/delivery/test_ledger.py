"""What the ledger tells of a case's arm, and that whoever reads it there is blind no longer."""

import sqlalchemy as sa

from checkpoint.foundation.actors import Role
from delivering import STARTED, said

SHOWN = sa.text("""
    SELECT read_by FROM arm_reading JOIN allocation ON allocation.id = allocation_id
     WHERE custody_record_id = :id
""")


async def test_whoever_reads_in_the_ledger_what_a_case_was_given_has_been_shown_its_arm(
    at_trial, a_case, trial_owner
):
    auditor = at_trial(Role.AUDITOR)
    me = (await auditor.get("/v1/me")).json()["id"]

    async def events(record):
        answer = await auditor.get("/v1/ledger-entries", params={"subject": record["id"]})
        return {entry["event"] for entry in answer.json()["items"]}

    async def shown_to(record):
        async with trial_owner.connect() as connection:
            found = await connection.execute(SHOWN, {"id": record["id"]})
            return {str(reader) for reader in found.scalars()}

    treated, control = await a_case("treatment"), await a_case("control")
    assert (await said(at_trial(), treated, "programme-start", STARTED)).status_code == 201
    assert "delivery.programme_started" in await events(treated)
    assert "allocation.drawn" in await events(control)
    assert me in await shown_to(treated)
    assert me not in await shown_to(control)
