"""Draws do not wait while another list of their stratum is sealed.

Revision ID: 0069
Revises: 0053
Phase: expand (the lock is weaker against rows that point to the stratum, and as strong against draws)
"""

from alembic import op

revision = "0069"
down_revision = "0053"
BEFORE, NOW = "FOR UPDATE", "FOR NO KEY UPDATE"


def turnstile(lock: str) -> str:
    return f"""
        CREATE OR REPLACE FUNCTION draw_slot(stratum uuid, protocol uuid) RETURNS uuid
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        DECLARE last integer; found uuid;
        BEGIN
            PERFORM FROM public.trial_stratum WHERE trial_stratum.id = stratum {lock};
            SELECT coalesce(max(allocation.place), 0) INTO last
              FROM public.allocation WHERE allocation.trial_stratum_id = stratum;
            SELECT slot.id INTO found
              FROM public.slot JOIN public.sealed_list ON sealed_list.id = slot.sealed_list_id
             WHERE slot.trial_stratum_id = stratum AND slot.place > last
               AND sealed_list.trial_protocol_id = public.listed_protocol(stratum, protocol)
             ORDER BY slot.place LIMIT 1;
            RETURN found;
        END $$
    """


def upgrade() -> None:
    # Two draws still wait for each other, and so do a draw and the closing of its trial. A list that
    # is being sealed points to the stratum with every place, and FOR UPDATE waits for that.
    op.execute(turnstile(NOW))


def downgrade() -> None:
    op.execute(turnstile(BEFORE))
