"""What a batch holds, and how it is answered."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, field_validator

from checkpoint.batches.rules import ADDRESS, MOST_ITEMS, NAME, PATH, VERSION
from checkpoint.foundation.schemas import Command, Spelt, View

ItemId = Annotated[
    str,
    StringConstraints(pattern=rf"^{NAME}$"),
    Spelt("at most 40 letters, digits, - and _, without spaces", "booking"),
]
BATCH: JsonValue = {
    "items": [
        {
            "id": "booking",
            "method": "POST",
            "path": "/v1/custody-records",
            "idempotency_key": "7f1de3c2-6a52-4f3b-9c55-0c1f6f7a9b01",
            "body": {
                "person": {
                    "family_name": "Testperson",
                    "given_names": "Batchby",
                    "date_of_birth": "1991-05-23",
                },
                "suite": "DURHAMGATE",
                "arrested_at": "2026-11-02T21:40:00Z",
                "arrived_at": "2026-11-02T22:05:00Z",
                "offences": [
                    {"code": "TH68010", "committed_from": "2026-11-01", "committed_in_area": True}
                ],
            },
        },
        {
            "id": "screening",
            "method": "PUT",
            "path": "/v1/custody-records/{booking#/id}/screening",
            "if_match": "{booking#etag}",
            "body": {"lives_in_area": True, "interview_stance": "admitted"},
        },
    ]
}


class BatchItem(Command):
    """One request of a batch, as it would be sent alone."""

    id: Annotated[ItemId, Field(description="Your own name for it; once in a batch.")]
    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: Annotated[
        str,
        StringConstraints(pattern=ADDRESS),
        Spelt("an address under /v1, without a query", "/v1/custody-records"),
        Field(
            description="An address under /v1, without a query. `{item-1#/id}` in it stands for a "
            "field of an earlier item's answer.",
            examples=["/v1/custody-records/{booking#/id}/screening"],
        ),
    ]
    if_match: Annotated[
        Annotated[
            str,
            StringConstraints(pattern=VERSION),
            Spelt("an ETag as it was given to you, or an earlier item's", "{booking#etag}"),
        ]
        | None,
        Field(
            description="The ETag that you were given; `{item-1#etag}` stands for an earlier "
            "item's.",
            examples=['"1"'],
        ),
    ] = None
    idempotency_key: Annotated[
        Annotated[
            str,
            StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$"),
            Spelt(
                "at most 100 letters, digits and signs, without spaces",
                "7f1de3c2-6a52-4f3b-9c55-0c1f6f7a9b01",
            ),
        ]
        | None,
        Field(description="The same one whenever you send this item, alone or in a batch."),
    ] = None
    body: Annotated[
        JsonValue,
        Field(
            description='As it would be sent alone; `{"$ref": "item-1#/id"}` anywhere in it stands '
            "for a value of an earlier item's answer. Null: none."
        ),
    ] = None

    @field_validator("path")
    @classmethod
    def no_batch_in_a_batch(cls, path: str) -> str:
        """Else one request could become any number."""
        if path == PATH:
            raise ValueError("A batch holds no other batch: send its items.")
        return path


class SendBatch(Command):
    """What was entered without signal, in the order in which it was entered."""

    model_config = ConfigDict(json_schema_extra={"examples": [BATCH]})

    items: Annotated[
        list[Annotated[BatchItem | JsonValue, Field(union_mode="left_to_right")]],
        Field(
            min_length=1,
            max_length=MOST_ITEMS,
            description="Each is answered by itself, also one that is not in the agreed form.",
        ),
    ]


class BatchAnswer(View):
    """How one item was answered, as if it had been sent alone."""

    id: Annotated[str | None, Field(description="The item's; null where it has none to be read.")]
    status: Annotated[int, Field(ge=100, le=599, examples=[201])]
    etag: str | None
    location: str | None
    replayed: Annotated[
        bool, Field(description="True: it was done before under this key; this is that answer.")
    ]
    body: Annotated[JsonValue, Field(description="A view, or a problem document; null: none.")]


class BatchView(View):
    """One answer for each item, in their order."""

    items: list[BatchAnswer]
