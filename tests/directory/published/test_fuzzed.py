"""The open mount's document against what it answers: each parameter, asked rightly and wrongly."""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from checkpoint.api import create_app
from checkpoint.directory.published.mounting import described, published
from checkpoint.foundation.settings import Environment, Settings
from sockets import served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.slow
@pytest.mark.parametrize("mode", [*GenerationMode], ids=lambda mode: mode.value)
def test_every_answer_of_the_open_mount_is_one_that_its_document_promises(
    shelves, tmp_path, mode, open_app
):
    own = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(shelves),
        data_folder=tmp_path,
        requests_per_minute=1_000_000,
    )
    app, seen = create_app(own), set()
    document = described(published())
    with served(app, lifespan="on") as (host, port):
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=(base := f"http://{host}:{port}/open-referral/v3"))
        for result in schema.get_all_operations():
            operation = result.ok()

            @settings(
                max_examples=25,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=[*HealthCheck],
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def answers_as_promised(case):
                answer = case.call()
                seen.add(answer.status_code)
                if not answer.request.url.startswith(f"{base}/"):
                    return  # an id of dots led out of here
                assert answer.headers["access-control-allow-origin"] == ["*"]
                case.validate_response(answer, checks=CHECKS)

            with suppress(Unsatisfiable):
                answers_as_promised()
    assert seen >= ({200, 404, 422} if mode is GenerationMode.POSITIVE else {422})
