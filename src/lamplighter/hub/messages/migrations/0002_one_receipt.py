"""Originals of what the victim brings become exhibits: one receipt, one sealed store, one scanner."""

import datetime as dt
import hashlib
import io
import uuid
import zipfile

import django.db.models.deletion
from django.db import migrations, models

# As ``messages/storage.py`` sealed them.
USE = "what the victim brings"
ENDINGS = {"telegram": "json", "messenger": "json", "instagram": "json", "sms": "xml", "calls": "xml",
           "email": "eml", "call_log": "csv", "diary": "csv"}  # fmt: skip
PICTURES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
# More than any scanner reads: an archive whose parts nobody has measured counts as not fully read.
UNKNOWN = 1 << 62


def make_exhibits(apps, schema_editor):
    """Seal each original anew in the evidence's folder, as an exhibit of the side that took it in.

    Its receipt is of the moment at which it was brought; it waits for the scanner like what comes today.
    """
    originals = apps.get_model("brought", "Original")
    if not originals.objects.exists():
        return
    run = schema_editor.execute
    run("ALTER TABLE brought_original DISABLE TRIGGER USER")
    for row in originals.objects.select_related("brought").order_by("pk").iterator(chunk_size=1):
        originals.objects.filter(pk=row.pk).update(file=_exhibit(apps, row))
    # What waits until the end of a transaction keeps the table from being changed before.
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    run("ALTER TABLE brought_original ENABLE TRIGGER USER")


def _exhibit(apps, row):
    from lamplighter.hub.accounts import encryption
    from lamplighter.hub.evidence.files import sealed

    exhibits, files = apps.get_model("evidence", "Exhibit"), apps.get_model("evidence", "File")
    same = files.objects.filter(
        case_id=row.case_id, partition=row.partition, owner_id=row.owner_id, sha256=row.sha256, role="original"
    ).first()
    if same is not None:
        return same
    try:
        data = encryption.unseal(bytes(row.sealed).decode(), use=USE, of=row.case_id)
    except encryption.NotOpenedError as problem:
        raise RuntimeError(
            f"Original {row.key} of what the victim brings does not open with this hub's sealing-key. Nothing "
            "was changed. Bring back the key that it was sealed with (docs/running.md, copies), and upgrade "
            "again."
        ) from problem
    put = sealed.put(io.BytesIO(data))
    if (put.sha256, put.size) != (row.sha256, row.size):
        raise RuntimeError(f"Original {row.key} of what the victim brings is not what was received.")
    common = {"case_id": row.case_id, "owner_id": row.owner_id, "by_id": row.by_id, "at": row.at,
              "partition": row.partition}  # fmt: skip
    newest = exhibits.objects.filter(case_id=row.case_id, partition=row.partition).order_by("-number").first()
    made = exhibits.objects.create(
        **common, key=uuid.uuid4(), number=(newest.number if newest else 0) + 1, kind="file",
        title="Brought by the victim", source="victim", came_at=row.at,
        came_how=(row.brought.words or "The victim brought it")[:300],
    )  # fmt: skip
    kind = _kind(data, row.brought.format)
    scanned = UNKNOWN if kind in {"zip", "xlsx"} else row.size
    file = files.objects.create(
        **common, key=put.key, exhibit=made, role="original", name=row.name[-200:], kind=kind, size=row.size,
        sha256=row.sha256, scanned=scanned,
    )  # fmt: skip
    # As ``evidence/record/receipts.py`` makes a leaf.
    told = f"{file.salt}:{file.sha256}:{file.size}:{row.at.astimezone(dt.UTC).isoformat()}"
    leaf = hashlib.sha256(b"\x00" + told.encode()).hexdigest()
    apps.get_model("evidence", "Receipt").objects.create(at=row.at, leaf=leaf)
    return file


def _kind(data, format):
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return "xlsx" if "[Content_Types].xml" in archive.namelist() else "zip"
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return "zip"
    if data[4:8] == b"ftyp":
        return "heic"
    picture = next((kind for mark, kind in PICTURES.items() if data.startswith(mark)), "")
    return picture or ENDINGS.get(format, "txt")


class Migration(migrations.Migration):

    dependencies = [
        ('brought', '0001_initial'),
        ('evidence', '0001_exhibits'),
    ]

    operations = [
        migrations.AddField(
            model_name='original',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.file'),
        ),
        migrations.RunPython(make_exhibits),
        migrations.AlterField(
            model_name='original',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.file'),
        ),
        migrations.RemoveField(model_name='original', name='name'),
        migrations.RemoveField(model_name='original', name='size'),
        migrations.RemoveField(model_name='original', name='sha256'),
        migrations.RemoveField(model_name='original', name='sealed'),
    ]
