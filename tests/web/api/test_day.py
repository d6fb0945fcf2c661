"""The thin path of a program's day: access point, offer, list, tickets, revoke, hand out, read the file, sell."""

import csv
import io

from tests.web.api.desk import Program


def test_the_api_day(alice: Program) -> None:
    added = alice.post("/access-points", {"name": "Terrasse", "address": "192.0.2.7"})
    assert added.status_code == 201, added.content
    assert len(added.json()["secret"]) >= 16
    point = added.json()["id"]

    added = alice.post(
        "/offers", {"name": "2 heures", "access_points": [point], "credit": 7200, "price": "2.50", "currency": "EUR"}
    )
    assert added.status_code == 201, added.content
    offer = added.json()
    assert (offer["price"], offer["access_points"], offer["valid_from"]) == ("2.50", [point], None)

    added = alice.post("/ticket-lists", {"name": "Juillet", "offer": offer["id"]})
    assert added.status_code == 201, added.content
    in_list = added.json()["id"]

    made = alice.post(f"/ticket-lists/{in_list}/tickets", {"count": 20})
    assert made.status_code == 201, made.content
    tickets = made.json()["items"]
    assert len({ticket["login"] for ticket in tickets}) == 20
    assert tickets[0]["left_time"] == 7200
    assert (tickets[0]["state"], tickets[0]["colour"]) == ("virgin", "green")

    revoked = alice.post(f"/tickets/{tickets[0]['id']}/revoke")
    assert revoked.status_code == 200, revoked.content
    assert (revoked.json()["state"], revoked.json()["refusal"]) == ("revoked", "revoked")

    taken = alice.post(f"/ticket-lists/{in_list}/handouts", {"format": "csv"})
    assert taken.status_code == 201, taken.content
    assert (taken.json()["tickets"], taken.json()["offer"]["credit"]) == (19, 7200)

    file = alice.client.get(taken.json()["file_url"], headers={"Authorization": f"Bearer {alice.token}"})
    rows = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode())))
    assert {row["login"] for row in rows} == {ticket["login"] for ticket in tickets[1:]}

    sold = alice.post("/tickets/sell", {"offer": offer["id"]})
    assert sold.status_code == 201, sold.content
    assert sold.json()["login"] not in {ticket["login"] for ticket in tickets}
    cancelled = alice.post(f"/tickets/{sold.json()['id']}/cancel-sale")
    assert cancelled.status_code == 200, cancelled.content
    assert cancelled.json()["handed_out_at"] is None

    shown = alice.get(f"/ticket-lists/{in_list}").json()
    assert (shown["virgin"], shown["revoked"], shown["not_handed_out"]) == (19, 1, 0)
    undone = alice.post(f"/handouts/{taken.json()['id']}/undo")
    assert undone.status_code == 200, undone.content
    assert alice.get(f"/ticket-lists/{in_list}").json()["not_handed_out"] == 19
