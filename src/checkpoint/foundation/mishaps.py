"""What went wrong at the shell and is nobody's bug: one plain sentence, a remedy, an exit code. Pure."""

from typing import NamedTuple

from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from checkpoint.foundation.embedded import CannotStart, NoDatabase
from checkpoint.foundation.problems import unreachable

# As in sysexits.h: a file cannot be read or written; try again later; settings will not do.
FILES, LATER, SETTINGS = 74, 75, 78
# What a command can meet that is no bug; ``told`` says None of any that is one.
MISHAPS = (SQLAlchemyError, OSError, ValidationError, SettingsError, CannotStart)

LOGIN = (
    "The database refused the login. Check user and password in CHECKPOINT_DATABASE_URL, and in "
    "CHECKPOINT_OWNER_DATABASE_URL where it is set."
)
RIGHTS = (
    "The login may not do this in the database. Who migrates or loads has to be a member of "
    "checkpoint_owner; name such a login in CHECKPOINT_OWNER_DATABASE_URL."
)
NOT_MIGRATED = "The database is not up to date with this version. Run `checkpoint migrate` first."
NO_DATABASE = (
    "There is no database of that name on the server. Create it, or name another in "
    "CHECKPOINT_DATABASE_URL."
)
TAKEN = "Other tables stand in this database already. Name an empty one in CHECKPOINT_DATABASE_URL."
TRY = "To try it on this machine, set CHECKPOINT_ENVIRONMENT=development"
UNREACHED = (
    "The database did not answer; nothing was changed. See that PostgreSQL runs where "
    "CHECKPOINT_DATABASE_URL says."
)
# By PostgreSQL's code of the error.
SAID = {
    "28P01": LOGIN,
    "28000": LOGIN,
    "42501": RIGHTS,
    "3D000": NO_DATABASE,
    "42P01": NOT_MIGRATED,  # no such table
    "42703": NOT_MIGRATED,  # no such column
    "42P07": TAKEN,
}
NO_SUCH_ROLE = "22023"  # while connecting: the roles come with the first migration


class Mishap(NamedTuple):
    """What to say, and with which exit code to end."""

    words: str
    code: int


def told(fault: BaseException) -> Mishap | None:
    """What a mishap comes to.

    Args:
        fault: one of ``MISHAPS``.

    Returns:
        Words without any value but the name of a file or of a setting, and an exit code; None
        for a bug, which should be seen whole.
    """
    if isinstance(fault, CannotStart):
        code = SETTINGS if isinstance(fault, NoDatabase) else LATER
        return Mishap(f"{fault.title} {fault}", code)
    if isinstance(fault, ValidationError | SettingsError):
        return _of_settings(fault)
    if isinstance(fault, OSError) and fault.filename:
        return Mishap(f"{fault.strerror}: {fault.filename}. Name another file or folder.", FILES)
    if isinstance(fault, DBAPIError):
        state = str(getattr(fault.orig, "sqlstate", None) or "")
        if state == NO_SUCH_ROLE and "role" in str(fault.orig):
            return Mishap(NOT_MIGRATED, SETTINGS)
        if state in SAID:
            return Mishap(SAID[state], SETTINGS)
    return Mishap(UNREACHED, LATER) if unreachable(fault) else None


def _of_settings(fault: ValidationError | SettingsError) -> Mishap | None:
    see = "See docs/settings.md."
    if isinstance(fault, SettingsError):  # it quotes the field, and nothing else
        words = str(fault).partition(" from source")[0].replace("value for field ", "")
        return Mishap(f"The settings will not do: {words}; write JSON. {see}", SETTINGS)
    if fault.title != "Settings":
        return None
    said = []
    for error in fault.errors():
        words = error["msg"].removeprefix("Value error, ")
        name = f"CHECKPOINT_{error['loc'][0]}: ".upper() if error["loc"] else ""
        said.append(name + words[:1].lower() + words[1:] if name else words)
    if "production" in said[-1]:
        said[-1] += f". {TRY}"
    return Mishap(f"The settings will not do: {'; '.join(said)}. {see}", SETTINGS)
