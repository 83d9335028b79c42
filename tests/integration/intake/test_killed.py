"""An import that is killed, again and again, at moments nobody chose, ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from lamplighter.hub.intake import selectors, services
from lamplighter.hub.intake.models import (
    Batch,
    Delivery,
    OccasionRecord,
    OffenceRecord,
    PersonRecord,
    ReportVersion,
)
from lamplighter.records import ingest, schema
from tests.integration.intake import making

ROOT = Path(__file__).resolve().parents[3]
REPORTS, BATCH, KILLS = 4_000, 100, 12


def start(path: Path) -> subprocess.Popen[str]:
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "lamplighter.hub.site.settings",
    }
    command = [
        sys.executable,
        "-m",
        "tests.integration.intake.killed",
        name,
        "force_a_rms",
        str(BATCH),
        str(path),
    ]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def what_is_there_is_whole() -> None:
    """Batches and their rows exist together or not at all; nothing is doubled."""
    delivery = Delivery.objects.get()
    done = list(Batch.objects.order_by("seq").values_list("seq", flat=True))
    assert done == list(range(delivery.batches_done))
    reports = ReportVersion.objects.count()
    assert reports == sum(Batch.objects.values_list("reports_new", flat=True))
    assert reports == ReportVersion.objects.values("report_id").distinct().count()
    assert PersonRecord.objects.count() == 2 * reports
    assert OffenceRecord.objects.count() == OccasionRecord.objects.count() == reports


@pytest.mark.slow
@pytest.mark.own_server
@pytest.mark.django_db(transaction=True)
def test_killed_at_random_points_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", REPORTS)
    chance = random.Random(20261124)
    cut_short = 0
    for _ in range(5 * KILLS):
        process = start(path)
        assert process.stdout is not None
        process.stdout.readline()
        already = Delivery.objects.values_list("batches_done", flat=True).first() or 0
        # Kill when a few more batches are in, and then a moment that falls anywhere within the next one.
        target, until = already + chance.randrange(0, 4), time.monotonic() + 60
        while (Delivery.objects.values_list("batches_done", flat=True).first() or 0) < target:
            assert time.monotonic() < until
            if process.poll() is not None:
                break
            time.sleep(0.001)
        time.sleep(chance.random() * 0.08)
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            cut_short += 1
        if Delivery.objects.exists():
            what_is_there_is_whole()
            if Delivery.objects.get().state == Delivery.State.DONE:
                break
        if cut_short == KILLS:
            break
    assert cut_short >= 10

    last = start(path)
    assert last.communicate(timeout=120)[0].split()[-1] == Delivery.State.DONE
    what_is_there_is_whole()
    totals = services.totals_of(Delivery.objects.get())
    assert (totals["rows_in"], totals["rows_accepted"], totals["reports_new"]) == (
        2 * REPORTS,
        2 * REPORTS,
        REPORTS,
    )
    wanted, _, _ = ingest.read_all([path], "force_a_rms", services.match_key())
    held = selectors.bundle()
    for name in ("reports", "offences", "occasions", "people"):
        assert held[name].equals(wanted[name].sort(schema.TABLES_BY_NAME[name].key)), name
