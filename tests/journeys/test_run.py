"""The first command of the README, and the commands that a newcomer pastes after it."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

from builders import a_booking, a_key
from conftest import ROOT
from services import environment, free_port, officer, postmaster, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]


def book_in(client):
    answer = client.post("/v1/custody-records", json=a_booking(), headers=a_key())
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_stopping_stops_the_database_and_the_next_start_finds_the_data(tmp_path):
    with running(tmp_path) as (process, address):
        with officer(address) as client:
            record = book_in(client)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert postmaster(tmp_path) is None
    with running(tmp_path) as (_, address), officer(address) as client:
        assert client.get(f"/v1/custody-records/{record}").status_code == 200


def test_a_start_after_sigkill_of_service_and_database_recovers(tmp_path):
    with running(tmp_path) as (process, address):
        with officer(address) as client:
            record = book_in(client)
        database = postmaster(tmp_path)
        os.kill(database, signal.SIGKILL)
        process.kill()
        process.wait(30)
    with running(tmp_path) as (_, address), officer(address) as client:
        assert client.get(f"/v1/custody-records/{record}").status_code == 200


def test_a_start_after_sigkill_of_the_service_alone_joins_and_later_stops_the_database(tmp_path):
    with running(tmp_path) as (process, _):
        process.kill()
        process.wait(30)
    assert postmaster(tmp_path) is not None
    with running(tmp_path):
        pass
    assert postmaster(tmp_path) is None


def test_a_second_start_is_told_why_not_and_leaves_the_first_alone(tmp_path):
    with running(tmp_path) as (_, address):
        taken = int(address.rpartition(":")[2])
        for port, why in ((taken, "CHECKPOINT_PORT"), (free_port(), "CHECKPOINT_DATA_FOLDER")):
            second = subprocess.run(
                [sys.executable, "-m", "checkpoint", "run"],
                env=environment(tmp_path, port),
                check=False,
                capture_output=True,
                text=True,
            )
            assert (second.returncode, why in second.stderr) == (75, True), second.stderr
            assert "TOKEN" not in second.stdout
        with officer(address) as client:
            book_in(client)


def test_any_postgresql_can_be_pointed_at(tmp_path, make_database):
    url = make_database(empty=True)
    with running(tmp_path, CHECKPOINT_DATABASE_URL=url) as (_, address), officer(address) as client:
        book_in(client)
    assert not (tmp_path / "postgresql").exists()


def test_it_tells_where_the_docs_are_and_how_to_become_each_role(tmp_path):
    with running(tmp_path) as (_, address):
        told = (tmp_path / "told.txt").read_text()
        assert f"{address}/docs" in told
        lines = re.findall(r"TOKEN=\$\((curl .*)\)", told)
        assert len(lines) == 9
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed here, and the printed lines use it")
        for line in lines:
            asked = line.replace("<id>", "00000000-0000-0000-0000-000000000001")
            token = subprocess.run(asked, shell=True, capture_output=True, text=True, check=True)
            assert token.stdout.count(".") == 2


OFFICER, NAVIGATOR, EVALUATOR = 0, 1, 2


def pasted(address, whose=OFFICER, times=1, strictly=("-euo", "pipefail")):
    """One of the README's examples, pasted into a shell in the repository's folder."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed here, and the README's commands use it")
    block = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[whose]
    return subprocess.run(
        ["bash", *strictly, "-c", block * times],
        cwd=ROOT,
        env=os.environ | {"API": address},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_readme_works_when_pasted_and_when_pasted_again(tmp_path):
    with running(tmp_path) as (_, address):
        done = pasted(address, times=2)
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stdout.splitlines() if line[0] not in " {}"]
    first, second = told[:5], told[5:]
    for reference, preview, version, verdict, meaning in (first, second):
        assert reference.startswith("CP-")
        assert (preview, version, verdict) == ("pending", "2", "eligible")
        assert "may be offered the programme" in meaning
    assert first[0] != second[0]
    assert "Did the person admit the offence" in done.stdout


def test_a_navigator_pastes_the_readme_from_their_caseload_to_their_calendar(tmp_path):
    with running(tmp_path) as (_, address):
        done = pasted(address, whose=NAVIGATOR, times=2)
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stdout.splitlines() if line[0] not in " {}"]
    assert len(told) == 18
    for reference, missing, *states, sessions, calendar in (told[:9], told[9:]):
        assert reference.startswith("CP-")
        assert missing == "pathways/accommodation/answers/where_living"
        assert states == ["offered", "offered", "offered", "active", "attended"]
        assert sessions == "1"
        assert calendar.startswith(f"{address}/calendars/")
    assert "record_condition_entry" in done.stdout


def test_an_evaluator_pastes_the_readme_from_the_figures_to_an_extract(tmp_path):
    with running(tmp_path) as (_, address):
        done = pasted(address, whose=EVALUATOR)
    assert done.returncode == 0, done.stderr
    points, *told = done.stdout.splitlines()
    assert abs(float(points)) > 5
    assert "Arrested again: time to the first" in told[0]
    states = [line for line in told if line in {"requested", "approved", "released", "1"}]
    assert states == ["requested", "approved", "1", "released"]
    assert '"policy"' in done.stdout


@pytest.mark.parametrize("whose", [OFFICER, NAVIGATOR, EVALUATOR])
def test_the_readme_pasted_while_nothing_runs_says_so_plainly(whose):
    done = pasted(f"http://127.0.0.1:{free_port()}", whose, strictly=())
    assert "Is the service running" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_refused_is_told_plainly_by_the_examples_helpers():
    refused = '{"title": "No", "detail": "Because."}'
    command = f". docs/examples/helpers.sh; printf %s '{refused}' | get id"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (1, "No: Because.\n")


def test_the_steps_before_a_navigator_stop_at_the_first_refusal(tmp_path):
    refused = '{"title": "No", "detail": "Because."}'
    command = f"""
        . docs/examples/helpers.sh
        token() {{ echo a.b.c; }}
        ask() {{ echo asked >> {tmp_path}/asked; printf %s '{refused}'; }}
        . docs/examples/assigned.sh
        echo "it returned $?"
    """
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=os.environ | {"API": "http://nowhere"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("it returned 1\n", "No: Because.\n")
    assert (tmp_path / "asked").read_text() == "asked\n"


def test_an_unsafe_setting_stops_the_start_and_is_named(tmp_path):
    unsafe = environment(tmp_path, free_port(), CHECKPOINT_ENVIRONMENT="production")
    done = subprocess.run(
        [sys.executable, "-m", "checkpoint", "run"],
        env=unsafe,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "CHECKPOINT_LOCAL_ISSUER is for development only" in done.stderr
    assert "Traceback" not in done.stderr
