"""One report at a time: the form's and the feed's way through the same door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.intake import selectors
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import Delivery, PersonRecord, Reject, ReportVersion, SafeContact
from lamplighter.hub.operations import installing
from tests.integration.intake import making

pytestmark = pytest.mark.django_db


def test_a_document_is_stored_like_a_row_of_a_file() -> None:
    received = documents.receive_document(making.document(), accounts.ensure_agency("force-a", kind="police"))
    bundle = selectors.bundle(report_ids=[received.report_id])
    assert received.outcome == "new"
    assert bundle["reports"]["agency"].to_list() == ["force-a"]
    assert bundle["reports"]["source_ref"].to_list() == ["AB/1"]
    assert bundle["people"]["phones"].explode().drop_nulls().to_list() == ["+447195101083"]
    assert bundle["people"]["relationship"].to_list() == [None, "ex_partner"]


def test_the_same_again_is_unchanged_and_other_words_are_a_correction() -> None:
    agency = accounts.ensure_agency("force-a", kind="police")
    first = documents.receive_document(making.document(), agency)
    same = documents.receive_document(making.document(), agency)
    other = documents.receive_document(making.document(summary="He followed her home"), agency)
    assert [first.outcome, same.outcome, other.outcome] == ["new", "unchanged", "corrected"]
    assert first.key == same.key == other.key
    assert ReportVersion.objects.count() == 2


def test_safe_contacts_go_to_the_vault_and_nowhere_else() -> None:
    received = documents.receive_document(
        making.document(), accounts.ensure_agency("helpline", kind="advocacy")
    )
    assert SafeContact.objects.get().agency == "helpline"
    bundle = selectors.bundle(report_ids=[received.report_id])
    assert bundle["safe_contacts"].is_empty()
    everything = json.dumps({k: v.to_dicts() for k, v in bundle.items()}, default=str)
    assert "101084" not in everything
    assert "sister" not in everything
    # What may be matched on is a token that says nothing by itself.
    assert any(tokens for tokens in bundle["people"]["match_tokens"].to_list())


def test_a_sender_cannot_speak_for_another_agency_or_plant_ids() -> None:
    a, b = accounts.ensure_agency("force-a", kind="police"), accounts.ensure_agency("force-b", kind="police")
    mine = documents.receive_document(making.document(), a)
    planted = making.document(
        summary="Overwritten", source="form-force-a", agency="force-a", report_id=mine.report_id
    )
    planted["people"][0] |= {"record_id": "form-force-a:AB/1/1", "match_tokens": ["planted"]}
    theirs = documents.receive_document(planted, b)
    assert theirs.report_id != mine.report_id
    assert selectors.bundle(report_ids=[mine.report_id])["reports"]["summary"].to_list() == [
        making.document()["summary"]
    ]
    stored = PersonRecord.objects.filter(version__report_id=theirs.report_id)
    assert not stored.filter(match_tokens__contains=["planted"]).exists()
    assert not stored.filter(record_id__startswith="form-force-a").exists()


def test_a_document_that_cannot_be_a_report_is_refused_with_reasons() -> None:
    with pytest.raises(documents.DocumentRefusedError) as refused:
        documents.receive_document(
            {"summary": "no reference"}, accounts.ensure_agency("force-a", kind="police")
        )
    assert {r["severity"] for r in refused.value.rejects} == {"reject"}
    assert all(r["reason"] and r["remedy"] for r in refused.value.rejects)
    assert Delivery.objects.count() == Reject.objects.count() == 0


class TestFeed:
    @pytest.fixture
    def token(self) -> str:
        return accounts.issue_feed_token(accounts.ensure_agency("force-a", kind="police"), "test")[1]

    @staticmethod
    def send(client: Client, body: Any, token: str) -> Any:
        text = body if isinstance(body, bytes) else json.dumps(body)
        return client.post(
            "/feed/v1/reports",
            text,
            content_type="application/json",
            secure=True,
            headers={"Authorization": f"Bearer {token}"},
        )

    def test_new_then_unchanged_then_corrected(self, client: Client, token: str) -> None:
        answers = [self.send(client, making.document(), token) for _ in range(2)]
        answers.append(self.send(client, making.document(summary="He followed her"), token))
        assert [a.status_code for a in answers] == [201, 200, 200]
        assert [a.json()["outcome"] for a in answers] == ["new", "unchanged", "corrected"]
        assert len({a.json()["key"] for a in answers}) == 1

    def test_without_a_token_nothing_is_read(self, client: Client) -> None:
        assert self.send(client, making.document(), "llf_wrong").status_code == 401
        assert ReportVersion.objects.count() == 0

    def test_a_revoked_token_is_refused(self, client: Client) -> None:
        agency = accounts.ensure_agency("force-a", kind="police")
        lost = [accounts.issue_feed_token(agency, "records")[1] for _ in range(2)]
        kept = accounts.issue_feed_token(agency, "custody")[1]
        with pytest.raises(installing.InstallError, match="labels in use: “custody”, “records”"):
            installing.revoke_feed_tokens("force-a", "record")
        assert installing.revoke_feed_tokens("force-a", "records") == 2
        assert [self.send(client, making.document(), text).status_code for text in lost] == [401, 401]
        assert self.send(client, making.document(), kept).status_code == 201
        # What is refused already is not counted as revoked again.
        with pytest.raises(installing.InstallError, match="labels in use: “custody”"):
            installing.revoke_feed_tokens("force-a", "records")

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b"[1]", 400),
            (b"[" * 100_000, 400),
            (b'{"people": 7}', 422),
            (b"{}", 422),
        ],
    )
    def test_what_is_no_report_is_refused_in_words(
        self, client: Client, token: str, body: bytes, status: int
    ) -> None:
        answer = self.send(client, body, token)
        assert answer.status_code == status
        assert answer.json()["message"]

    def test_a_reference_that_no_table_holds_is_refused(self, client: Client, token: str) -> None:
        longest = making.document(source_ref="R" * 120)
        assert self.send(client, longest, token).status_code == 201
        answer = self.send(client, making.document(source_ref="R" * 121), token)
        assert answer.status_code == 422
        [reason] = [r for r in answer.json()["reasons"] if r["column"] == "reports.source_ref"]
        assert reason["value_class"] == "reference longer than 120 characters"
        assert "RRR" not in answer.content.decode()

    def test_a_text_is_as_long_as_on_the_form_at_most(self, client: Client, token: str) -> None:
        assert self.send(client, making.document(summary="x" * 20_000), token).status_code == 201
        before = ReportVersion.objects.count()
        longer = making.document(summary="x" * 20_001)
        longer["people"][0]["address_text"] = "y" * 20_001
        answer = self.send(client, longer, token)
        assert answer.status_code == 422
        assert [r["column"] for r in answer.json()["reasons"]] == ["reports.summary", "people.address_text"]
        assert "yyy" not in answer.content.decode()
        assert ReportVersion.objects.count() == before

    def test_a_message_that_is_too_large(self, client: Client, token: str) -> None:
        assert self.send(client, making.document(summary="x" * 3_000_000), token).status_code == 413

    def test_the_job_carries_only_the_opaque_key(self, client: Client, token: str) -> None:
        from procrastinate.contrib.django.models import ProcrastinateJob

        key = self.send(client, making.document(), token).json()["key"]
        jobs = ProcrastinateJob.objects.filter(task_name="intake.follow_up_report")
        assert [job.args for job in jobs] == [{"report_key": key}]

    def test_the_description_is_made_from_the_schema(self, client: Client) -> None:
        described = client.get("/feed/v1/openapi.json", secure=True).json()
        body = described["paths"]["/feed/v1/reports"]["post"]["requestBody"]["content"]["application/json"][
            "schema"
        ]
        assert "ex_partner" in body["properties"]["people"]["items"]["properties"]["relationship"]["enum"]
        assert "report_id" not in body["properties"]
