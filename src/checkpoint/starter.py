"""What every room ships with, for a database that lacks it."""

from checkpoint.consent.cli import load_starter as load_consent
from checkpoint.custody.cli import load_starter as load_custody
from checkpoint.directory.cli import load_starter as load_directory
from checkpoint.eligibility.cli import load_starter as load_eligibility
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.navigators.cli import load_starter as load_navigators
from checkpoint.needs.cli import load_starter as load_needs
from checkpoint.outcomes.cli import load_starter as load_outcomes
from checkpoint.people.cli import index_everybody
from checkpoint.trials.cli import load_starter as load_trials


async def load_starter(url: str, *, trial: bool = False) -> list[str]:
    """Load it, room by room, each once.

    Returns:
        The rule sets of the package that only two people may publish here.
    """
    engine = engine_for(url, role=OWNER_ROLE, pool_size=1)
    try:
        async with transaction(engine) as session:
            await load_custody(session)
        async with transaction(engine) as session:
            await load_trials(session)
        async with transaction(engine) as session:
            await load_navigators(session)
        async with transaction(engine) as session:
            left = await load_eligibility(session, trial=trial)
        async with transaction(engine) as session:
            await load_needs(session, trial=trial)
        async with transaction(engine) as session:
            await load_directory(session)
        async with transaction(engine) as session:
            await load_consent(session, trial=trial)
        async with transaction(engine) as session:
            await load_outcomes(session, trial=trial)
        await index_everybody(engine)
        return left
    finally:
        await engine.dispose()
