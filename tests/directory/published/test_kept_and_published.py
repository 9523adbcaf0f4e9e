from checkpoint.foundation.actors import Role
from conftest import NOON
from listing import DIRECTORY, serving


async def test_what_staff_enter_change_and_withdraw_is_published_so(app, clients, monkeypatch):
    monkeypatch.setattr(app.state.publishing, "clock", lambda: NOON)
    editor, stranger = clients(Role.DIRECTORY_EDITOR), clients.bare()
    service = await serving(editor)
    kept, shown = (f"{root}/services/{service['id']}" for root in (DIRECTORY, "/open-referral/v3"))
    first = await stranger.get(shown)
    assert first.status_code == 200, first.text
    published = first.json()
    assert published["name"] == service["document"]["name"]
    assert published["organization"]["id"] == service["document"]["organization_id"]
    for place in published["service_at_locations"]:
        there = (await stranger.get(f"/open-referral/v3/service_at_locations/{place['id']}")).json()
        assert there["service"]["id"] == service["id"]
        assert there["location"] == place["location"]
    held = {"If-None-Match": first.headers["etag"]}
    assert (await stranger.get(shown, headers=held)).status_code == 304
    document = service["document"] | {"name": "Another name"}
    seen = {"If-Match": f'"{service["version"]}"'}
    changed = await editor.put(kept, json={"document": document}, headers=seen)
    app.state.publishing.editions._read_at = float("-inf")
    again = await stranger.get(shown, headers=held)
    assert (again.status_code, again.json()["name"]) == (200, "Another name")
    seen = {"If-Match": changed.headers["etag"]}
    await editor.post(f"{kept}/withdrawal", json={"reason": "closed"}, headers=seen)
    assert (await stranger.get(shown)).json()["errorCode"] == "listing-gone"
