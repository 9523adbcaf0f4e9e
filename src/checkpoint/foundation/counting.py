"""Counts in words. Pure."""


def so_many(count: int, thing: str) -> str:
    """So many of something: 1 line, 1,200 lines.

    Args:
        count: how many.
        thing: what one of them is called.

    Returns:
        Both, the thing in the plural where it is not one.
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
