"""The one clock: the true time, or in the demo's own service what a file says."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from checkpoint.foundation import clock
from checkpoint.foundation.settings import Settings

TOLD = datetime(2026, 7, 3, 11, tzinfo=UTC)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "clock"
    path.write_text("2026-07-03T12:00:00+01:00\n", "ascii")
    yield path
    clock.follow(None)


def true(moment):
    return abs(moment - datetime.now(UTC)) < timedelta(minutes=1)


async def test_the_time_is_the_true_one_unless_a_file_is_followed(file):
    assert true(clock.utc_now())
    clock.follow(file)
    assert clock.utc_now() == await clock.now() == TOLD
    assert true(await clock.token_time())  # people must still be able to log in
    file.write_text("2026-07-04T11:00:00Z", "ascii")
    assert clock.utc_now() == TOLD + timedelta(days=1)
    clock.follow(None)
    assert true(clock.utc_now())


def test_a_clock_file_is_refused_outside_development(file):
    with pytest.raises(ValidationError) as refused:
        Settings(environment="production", clock_file=file)
    assert "CHECKPOINT_CLOCK_FILE is for development only" in str(refused.value)
    assert Settings(environment="development", clock_file=file).clock_file == file


def test_a_clock_file_is_refused_where_others_could_reach_the_service(file):
    with pytest.raises(ValidationError, match="CHECKPOINT_HOST must be loopback"):
        Settings(environment="development", clock_file=file, host="0.0.0.0")


@pytest.mark.parametrize("words", ["", "tomorrow", "2026-07-03", "2026-07-03T12:00:00", "é", None])
def test_a_clock_file_that_holds_no_instant_is_refused(file, words):
    if words is None:
        file.unlink()
    else:
        file.write_text(words, "utf-8")
    with pytest.raises(ValidationError, match="must hold one instant"):
        Settings(environment="development", clock_file=file)
