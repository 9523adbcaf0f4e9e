"""A trial that ran elsewhere is brought in whole, or nothing of it is."""

from builders import a_key
from checkpoint.foundation.actors import Role
from outcomes.conftest import CODE, MANIFEST

PLACE = "/v1/trials-elsewhere"
MANAGER = Role.TRIAL_MANAGER


async def test_rossi_through_the_api(clients, rossi):
    manager = clients(MANAGER)
    answer = await manager.post(PLACE, json=MANIFEST, headers=a_key())
    assert answer.status_code == 201, answer.text
    body = {"part": 1, "rows": rossi["participants"]}
    answer = await manager.post(f"{PLACE}/{CODE}/participants", json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    body = {"part": 1, "rows": rossi["follow_up"]}
    answer = await manager.post(f"{PLACE}/{CODE}/follow-up", json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    answer = await manager.post(f"{PLACE}/{CODE}/completion", json={}, headers=a_key())
    assert answer.status_code == 200, answer.text
    statistician = clients(Role.STATISTICIAN)
    cut = await statistician.post(f"/v1/trials/{CODE}/data-cuts", json={}, headers=a_key())
    assert cut.status_code == 201, cut.text
    print(cut.json())
    print((await statistician.get(f"/v1/trials/{CODE}/data-cuts/1/changes")).json())
    cut = await statistician.post(f"/v1/trials/{CODE}/data-cuts", json={}, headers=a_key())
    assert cut.status_code == 201, cut.text
    print((await statistician.get(f"/v1/trials/{CODE}/data-cuts/2/changes")).json())
