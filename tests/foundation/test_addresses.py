from builders import booked


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
