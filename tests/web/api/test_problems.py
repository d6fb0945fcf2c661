"""Every refusal is a problem (RFC 9457), in the language of the request."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
JSON = "application/problem+json"


def problem(answer: Any, status: int) -> Any:
    assert (answer.status_code, answer["Content-Type"]) == (status, JSON), answer.content[:300]
    said = answer.json()
    assert said["status"] == status
    assert {"type", "title", "status", "detail"} <= set(said)
    return said


def test_without_a_token(client: Client) -> None:
    answer = client.get("/api/v1/offers")

    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer", "Bearer ", "Basic YTpi", "x", "Bearer é", "Bearer " + "x" * 5000]
)
def test_with_a_token_that_is_none(client: Client, header: str) -> None:
    problem(client.get("/api/v1/offers", headers={"Authorization": header}), 401)


def test_a_suspended_account_is_let_in_no_more(alice: Any) -> None:
    alice.account.is_active = False
    alice.account.save(update_fields=["is_active"])

    problem(alice.get("/offers"), 401)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/offers/x",
        "/offers/1/nothing",
        "/offers/0",
        "/offers/-1",
        "/offers/99999999999999999999999",
        "/offers/1.5",
        "/offers/%00",
        "/../secrets",
        "/docs/..%2f..%2fx",
    ],
)
def test_nothing_is_there(alice: Any, path: str) -> None:
    problem(alice.get(path), 404)


def test_a_method_that_is_not_taken(alice: Any) -> None:
    answer = alice.send("PUT", "/offers/1", {})

    problem(answer, 405)
    assert "PATCH" in answer["Allow"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff\xfe", b'{"name": NaN}', b"[" * 100_000, b'{"credit": ' + b"9" * 10_000 + b"}"],
)  # fmt: skip
def test_a_body_that_cannot_be_read(alice: Any, body: bytes) -> None:
    answer = alice.post("/offers", body)

    assert problem(answer, 400 if body else 422)


@pytest.mark.parametrize("body", [[], "x", 1, None, [{}]])
def test_a_body_that_is_no_object(alice: Any, body: Any) -> None:
    said = problem(alice.send("POST", "/offers", body if body is not None else b"null"), 422)

    assert said["errors"][0]["field"] == "body"


def test_too_large_a_body(alice: Any) -> None:
    problem(alice.post("/offers", b'{"name": "' + b"x" * 3_000_000 + b'"}'), 413)


def test_all_faults_are_named_at_once_with_their_fields(alice: Any) -> None:
    said = problem(alice.post("/offers", {"name": 5, "credit": "2h", "surprise": 1}), 422)

    assert {error["field"]: error["code"] for error in said["errors"]} == {
        "name": "wrong_type",
        "access_points": "required",
        "credit": "wrong_type",
        "surprise": "unknown_field",
    }


def test_what_the_services_refuse_is_named_by_field_too(alice: Any) -> None:
    said = problem(alice.post("/offers", {"name": " ", "access_points": [], "rate_down": 7, "period_limit": 60}), 422)

    assert {error["field"]: error["code"] for error in said["errors"]} == {
        "name": "empty",
        "access_points": "no_access_point",
        "rate_down": "rate_too_low",
        "period": "period_missing",
    }


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("en", "en"),
        ("fr-CA, en;q=0.5", "fr"),
        ("de, en;q=0.8", "en"),
        ("", "fr"),
        ("zz;;;q=q", "fr"),
        ("x" * 9000, "fr"),
    ],
)
def test_it_speaks_the_language_of_the_request(alice: Any, asked: str, language: str) -> None:
    answer = alice.post("/offers", {"name": ""}, Accept_Language=asked)

    message = {error["field"]: error["message"] for error in answer.json()["errors"]}["access_points"]
    assert message == {"fr": "Ce champ manque.", "en": "It is missing."}[language]
    assert answer["Content-Language"] == language


def test_an_english_organisation_is_answered_in_english(alice: Any) -> None:
    alice.account.organisation.language = "en"
    alice.account.organisation.save(update_fields=["language"])

    assert alice.get("/offers/1").json()["detail"] == "There is no such offer."


@pytest.mark.parametrize(
    "instant",
    [
        "2026-07-15",
        "2026-07-15T08:00:00",
        1784102400,
        "yesterday",
        "",
        True,
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00Z",
    ],
)
def test_an_instant_is_rfc_3339_and_bears_its_zone(alice: Any, instant: Any) -> None:
    said = problem(alice.post("/offers", {"name": "x", "access_points": [], "valid_until": instant}), 422)

    assert "valid_until" in {error["field"] for error in said["errors"]}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "cursor=x",
        "cursor=-1",
        "cursor=99999999999999999999",
        "limit=",
        "archived=perhaps",
        "q=%00",
        "q=" + "x" * 300,
        "surprise=1",
    ],
)
def test_a_filter_that_is_none(alice: Any, query: str) -> None:
    problem(alice.get(f"/offers?{query}"), 422)


def test_a_host_that_is_not_ours(alice: Any) -> None:
    problem(alice.get("/offers", Host="evil.example"), 400)


def test_no_cache_keeps_an_answer(alice: Any) -> None:
    assert alice.get("/offers")["Cache-Control"] == "no-store"


def test_many_wrong_tokens_are_slowed_and_the_right_one_is_not(alice: Any) -> None:
    wrong = {"Authorization": "Bearer wrong"}
    answers = [alice.client.get("/api/v1/offers", headers=wrong, REMOTE_ADDR="192.0.2.99") for _ in range(60)]

    problem(answers[0], 401)
    problem(answers[-1], 429)
    assert answers[-1]["Retry-After"]
    right = {"Authorization": f"Bearer {alice.token}"}
    assert alice.client.get("/api/v1/offers", headers=right, REMOTE_ADDR="192.0.2.99").status_code == 200
