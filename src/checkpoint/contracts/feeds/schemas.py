"""What is asked about a calendar's address, and what is shown of it."""

from typing import Annotated

from pydantic import Field

from checkpoint.foundation.schemas import Command, Moment, View, example


class RevokeFeed(Command):
    """Have no address any more; there is nothing to add, so send {} or nothing."""

    model_config = example()


class FeedView(View):
    """Whether there is an address, and since when. The address itself is not shown again."""

    stands: bool
    made_at: Annotated[Moment | None, Field(description="Null: there is none.")]


class NewFeedView(View):
    """A new address; any other one of yours is dead from now on."""

    href: Annotated[
        str,
        Field(
            description="The whole address, for a phone. Shown this once.",
            examples=["https://checkpoint.example/calendars/{secret}.ics"],
        ),
    ]
    made_at: Moment
