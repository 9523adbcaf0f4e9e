"""Front door of the evaluation: equality monitoring at every gate."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from checkpoint.allocation.vault import Opening
from checkpoint.evaluation import queries
from checkpoint.evaluation.equality.reading import equality
from checkpoint.evaluation.equality.rules import CHARACTERISTICS
from checkpoint.evaluation.equality.schemas import EqualityView
from checkpoint.evaluation.routes import CHOOSING, PREFIX, Code, Cut, Evaluating, recorded
from checkpoint.evaluation.states import EvaluationEvent
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.schemas import Spelt

router = APIRouter(prefix=PREFIX, tags=["evaluation"])
Declared = Annotated[
    list[
        Annotated[
            str,
            StringConstraints(pattern=rf"^({'|'.join(CHARACTERISTICS)}):[\w-]+$", max_length=60),
            Spelt("what and which group of it, with a colon between", "ethnicity:white"),
        ]
    ],
    Query(
        max_length=len(CHARACTERISTICS),
        description="The group that others are held against, as in `ethnicity:white`; left out: "
        "the largest.",
    ),
]


@router.get("/equality", response_model=EqualityView, responses=CHOOSING)
async def read_equality(
    by: Evaluating,
    code: Code,
    session: Transaction,
    vault: Opening,
    now: Now,
    cut: Cut = None,
    reference: Declared = [],  # noqa: B006 - FastAPI's own way, and never changed
) -> Response:
    """How often each group went on at every gate from arrest to completion, with rate indexes."""
    opened = await queries.opened(session, code, cut, vault=vault, at=now)
    declared = dict(each.split(":", 1) for each in reference)
    view = await equality(session, opened, declared, role=by.role)
    await recorded(session, EvaluationEvent.EQUALITY_READ, opened, by=by, at=now)
    return shown(view)
