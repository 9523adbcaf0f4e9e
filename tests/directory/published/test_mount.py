from shelving import SHOWN, known_as


async def test_it(stranger):
    answer = await stranger.get("/services", params={"full": "true"})
    import json

    print(answer.status_code, json.dumps(answer.json(), indent=1))
    print(answer.headers)
    assert {each["id"] for each in answer.json()["contents"]} == {known_as(n) for n in SHOWN}
    for path in [
        "/",
        "/services",
        "/services?minimal=true",
        "/organizations?full=true",
        "/organizations?full_service=true",
        "/taxonomies",
        "/taxonomy_terms",
        "/service_at_locations",
        "/service_at_locations?full=true",
        "/openapi.json",
        "/docs",
        f"/organizations/{known_as('bridge')}",
        f"/services/{known_as('gone')}",
        f"/taxonomies/{known_as('pathways')}",
        "/service_at_locations?postcode=DH1 3AF&proximity=2000",
        "/services?search=alcohol",
        f"/services?taxonomy_id={known_as('other')}",
        f"/services?taxonomy_term_id={known_as('drink')}",
        "/services?format=ndjson",
    ]:
        answer = await stranger.get(path)
        print("-----", path, answer.status_code, dict(answer.headers))
        print(answer.text[:3000])
    assert 0
