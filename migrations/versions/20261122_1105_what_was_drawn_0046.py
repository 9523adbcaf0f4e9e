"""What the check of the ratio reads: the sealed arms of committed draws, and the blocks' sizes.

Revision ID: 0046
Revises: 0045
Phase: expand (nothing calls the new functions yet)
"""

from alembic import op

revision = "0046"
down_revision = "0045"
FUNCTIONS = ("drawn_slots(uuid)", "sealed_block_sizes(uuid)")


def upgrade() -> None:
    # All of a trial at once, and still sealed; of no place that nobody committed. The order is
    # that of the places within a stratum, and that of time between strata.
    op.execute("""
        CREATE FUNCTION drawn_slots(trial uuid)
        RETURNS TABLE (trial_stratum_id uuid, sealed_list_id uuid, slot_id uuid, arm bytea)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
            SELECT allocation.trial_stratum_id, slot.sealed_list_id, slot.id, slot.arm
              FROM public.allocation JOIN public.slot ON slot.id = allocation.slot_id
             WHERE allocation.trial_id = trial
               AND allocation.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
             ORDER BY max(allocation.allocated_at) OVER (
                          PARTITION BY allocation.trial_stratum_id ORDER BY allocation.place),
                      allocation.trial_stratum_id, allocation.place
        $$
    """)
    # The sizes a block may have, which tell of no block that size it has. Sealed as they lie there.
    op.execute("""
        CREATE FUNCTION sealed_block_sizes(list uuid) RETURNS bytea
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
            SELECT list_secret.block_sizes FROM public.list_secret
             WHERE list_secret.sealed_list_id = list
        $$
    """)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO checkpoint_api")


def downgrade() -> None:
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
