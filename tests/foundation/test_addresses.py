from builders import a_key, booked
from checkpoint.foundation.addresses import parameters_of, read_at, routes_of
from checkpoint.foundation.idempotency import asked


async def test_a_misspelt_filter_is_refused_and_the_right_ones_are_named(client):
    answer = await client.get("/v1/custody-records", params={"sutie": "DURHAMGATE"})
    assert answer.status_code == 422
    assert answer.json()["errorCode"] == "parameter-unknown"
    assert "suite" in answer.json()["detail"]
    assert "sutie" not in answer.text


async def test_a_door_without_parameters_takes_none(client):
    record = await booked(client)
    answer = await client.get(f"/v1/custody-records/{record['id']}", params={"verbose": "1"})
    assert answer.status_code == 422
    assert "none" in answer.json()["detail"]


async def test_a_record_is_found_by_its_reference_as_it_was_heard(client):
    record = await booked(client)
    heard = record["reference"].lower().replace("0", "o").replace("1", "l")
    answer = await client.get("/v1/custody-records", params={"reference": heard})
    assert [item["id"] for item in answer.json()["items"]] == [record["id"]]


async def test_a_reference_with_a_wrong_symbol_is_refused_and_not_just_unknown(client):
    reference = (await booked(client))["reference"]
    wrong = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    answer = await client.get("/v1/custody-records", params={"reference": wrong})
    assert answer.status_code == 422
    assert "One symbol is wrong" in answer.json()["errors"][0]["detail"]


async def test_a_parameter_that_is_said_twice_is_refused_and_named(client):
    twice = [("suite", "DURHAMGATE"), ("size", "5"), ("suite", "PETERLEE")]
    answer = await client.get("/v1/custody-records", params=twice)
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "request-not-understood")
    assert answer.json()["errors"] == [
        {"pointer": "query:suite", "code": "said-twice", "detail": "Say it once."}
    ]
    assert "PETERLEE" not in answer.text


async def test_the_same_value_twice_is_still_twice(client):
    answer = await client.get("/v1/custody-records", params=[("size", "5"), ("size", "5")])
    assert answer.json()["errors"][0]["pointer"] == "query:size"


def test_every_door_knows_which_of_its_parameters_are_lists(app):
    doors = [route for route in routes_of(app) if route.path.startswith("/v1")]
    found = {
        (route.path, name): is_list
        for route in doors
        for name, is_list in parameters_of(route).items()
    }
    paths = app.openapi()["paths"]
    told = {
        (path, parameter["name"]): "array" in str(parameter["schema"])
        for path in {route.path for route in doors}
        for door in paths[path].values()
        for parameter in door.get("parameters", [])
        if parameter["in"] == "query"
    }
    assert found == told
    assert sum(told.values()) > 2


def test_what_was_made_is_read_at_the_nearest_address_above_that_is_read(app):
    assert read_at(app, "/v1/custody-records", "/v1/custody-records") == "/v1/custody-records"
    warned = read_at(
        app, "/v1/custody-records/{record_id}/warnings", "/v1/custody-records/7/warnings"
    )
    assert warned == "/v1/custody-records/7"
    assert read_at(app, "/v1/nothing/{id}", "/v1/nothing/7") == "/v1/nothing/7"


def test_every_door_that_creates_tells_where_by_its_key_or_is_there_itself(app):
    by_key, at_itself = set(), set()
    for route in routes_of(app):
        for method, door in app.openapi()["paths"].get(route.path, {}).items():
            if method.upper() in route.methods and "201" in door["responses"]:
                assert "Location" in door["responses"]["201"]["headers"]
                keyed = any(d.call is asked for d in route.dependant.dependencies)
                (by_key if keyed else at_itself).add(f"{method.upper()} {route.path}")
    assert len(by_key) > 60
    assert at_itself == {
        "PUT /v1/custody-records/{record_id}/allocation",
        "PUT /v1/custody-records/{record_id}/enrolment",
    }


async def test_an_answer_of_201_says_where_what_it_made_is_read_and_says_it_again(client):
    record = await booked(client)
    place = f"/v1/custody-records/{record['id']}"
    key = a_key()
    body = {"code": "TH68010", "committed_from": "2026-11-01", "committed_in_area": True}
    for _ in range(2):
        made = await client.post(f"{place}/offences", json=body, headers=key | {"If-Match": '"1"'})
        assert (made.status_code, made.headers["location"]) == (201, place), made.text
    assert (await client.get(made.headers["location"])).status_code == 200
