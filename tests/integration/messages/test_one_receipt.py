"""Originals that the store of before had sealed become exhibits by the migration: nothing of them is lost."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.evidence import selectors as evidence
from lamplighter.hub.evidence.models import Receipt
from lamplighter.hub.evidence.record import receipts
from lamplighter.hub.messages import pictures, receipt, selectors
from tests.integration.access import making
from tests.integration.messages import exports

pytestmark = pytest.mark.django_db
MIGRATION = import_module("lamplighter.hub.messages.migrations.0002_one_receipt")
OF_BEFORE = """
ALTER TABLE brought_original ALTER COLUMN file_id DROP NOT NULL, ADD COLUMN name varchar(255),
    ADD COLUMN size bigint, ADD COLUMN sha256 varchar(64), ADD COLUMN sealed bytea
"""
AS_SEALED_BEFORE = (
    "UPDATE brought_original SET file_id = NULL, name = %s, size = %s, sha256 = %s, sealed = %s"
)


def test_a_hub_of_before_keeps_every_original_and_gives_each_a_receipt() -> None:
    officer, advocate = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(officer):
        case = making.a_case(officer, "helpline")
    with identity.as_person(advocate):
        made = pictures.bring(advocate, case, [("Screenshot_20260314.png", exports.png(1))], "By email")
    data = exports.png(2)
    sealed = encryption.seal(data, use=MIGRATION.USE, of=case.pk).encode()
    loader = MigrationLoader(connection)
    state = loader.project_state([("brought", "0001_initial"), ("evidence", "0001_exhibits")])
    MIGRATION.Migration.operations[0].state_forwards("brought", state)
    with making.as_the_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(OF_BEFORE)
        cursor.execute("ALTER TABLE brought_original DISABLE TRIGGER USER")
        told: list[Any] = ["Screenshot.png", len(data), receipt.digest(data), sealed]
        cursor.execute(AS_SEALED_BEFORE, told)
        with connection.schema_editor() as editor:
            MIGRATION.make_exhibits(state.apps, editor)
    with identity.as_person(advocate):
        [line] = selectors.pictures(made)
        assert line.picture is not None
        assert receipt.to_read(line.picture) == data
        known, file = evidence.file(case, line.picture.file.key)
        assert (known.label, file.name, file.kind) == ("A2", "Screenshot.png", "png")
        assert known.exhibit.came_how == "By email"
        assert known.exhibit.at == line.picture.at <= timezone.now()
        assert known.state(file) == evidence.NOT_SCANNED
    with identity.job(receipts.PURPOSE):
        assert Receipt.objects.filter(leaf=receipts.leaf(file)).count() == 1
