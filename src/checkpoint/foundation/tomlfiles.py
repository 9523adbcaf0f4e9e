"""TOML that somebody wrote: read, or told where it is wrong. Pure."""

import tomllib
from typing import Any


def parsed(text: str) -> dict[str, Any]:
    """What a TOML file says.

    Args:
        text: the file's.

    Returns:
        Its keys and values.

    Raises:
        tomllib.TOMLDecodeError: it cannot be read, whatever the reason; the message says where, or
            what there is too much of.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("Brackets stand too deep in one another.") from None
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # Python reads no number of thousands of digits
        raise tomllib.TOMLDecodeError("A number has too many digits.") from None
