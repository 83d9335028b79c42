"""Everything linked anew, while reports go on being matched.

What is found is written beside what is in use. Reports that come, decisions and erasures meanwhile go to what
is in use, as ever, and are followed here: in rounds without the lock of the writers, until so little is left
that they can wait for the rest and for the switch.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.people import selectors, services
from lamplighter.hub.people.matching import frame_storage, prepared_records, staged_tables
from lamplighter.hub.people.matching.record_tables import tied
from lamplighter.hub.people.models import Decision, Membership, PreparedRecord
from lamplighter.hub.people.services import LOCK, Progress, silent
from lamplighter.hub.site.postgresql.locks import lock, turn
from lamplighter.linkage import link

AT_ONCE = 50
FEW = 5
"""Reports that are matched once more at once; and while others wait."""
FREE_ROUNDS, MOST_ROUNDS = 4, 40
"""Rounds that let others write as they like. After them reports come as fast as they are followed, and this
and the others take turns, ``FEW`` reports each; after all, others wait for whatever is left."""
LONGEST = 600.0
PAUSE = 0.5
"""Seconds: how long the switch is tried, and between two tries."""


class _NotYetError(Exception):
    """Others should not wait for what is left."""


def relink_all(progress: Progress = silent, *, fit: bool = True) -> dict[str, int]:
    """Link everything anew, fitting the model to the data unless ``fit`` is false; returns counts.

    Waits for whoever does the same. Killed, it leaves what was in use. Raises ``anew.BusyError`` where
    somebody reads for ten minutes what is to be replaced.
    """
    with staged_tables.alone():
        progress("Reading the reports", 0.0)
        with transaction.atomic():
            lock(LOCK)
            services.made_as_today()
        meanwhile = Meanwhile()
        bundle = intake.bundle(with_raw=False)
        progress("Comparing records", 0.1)
        result = link(
            bundle,
            decisions=selectors.decisions_frame(),
            model=None if fit else selectors.model_in_use(),
            as_at=timezone.localtime().replace(tzinfo=None),
            previous_ids=selectors.memory_frame(),
            previous_links=selectors.linked_pairs(),
            secret=prepared_records.secret(),
        )
        progress("Making the keys that new reports are looked up by", 0.7)
        prepared = prepared_records.prepared(bundle)
        progress("Writing who is who", 0.8)
        with staged_tables.beside():
            frame_storage.keep_model(result.model, prepared.most)
            counts = {
                "records": bundle["people"].height,
                "links": frame_storage.add_pairs(result.pairs, result.persons, fresh=True),
                "keys": frame_storage.add_prepared(prepared, fresh=True),
                "persons": result.persons["person_id"].n_unique(),
            }
            frame_storage.add_memory(result.memory, bundle["people"], fresh=True)
            frame_storage.add_changes(result.person_changes.iter_rows())
            staged_tables.indexed()
            del bundle, result, prepared
            progress("Following what happened meanwhile", 0.9)
            meanwhile.switch()
    progress("Done", 1.0)
    return counts


def _last_decision() -> int:
    return Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass(slots=True)
class Meanwhile:
    """Changes that come from now on: made before the reports are read that everything is made from.

    ``told``: the last record that what is in use was told of; ``decided``: the last decision; ``seen``: the
    version of each report; ``removals``: how often records had been taken out when :meth:`_compare` looked;
    ``gone``: reports that are held no more, or stay on record and stand no more.
    """

    told: int = field(default_factory=staged_tables.last_told)
    decided: int = field(default_factory=_last_decision)
    seen: dict[str, int] = field(default_factory=intake.current_versions)
    removals: int = -1
    gone: set[str] = field(default_factory=set)

    def switch(self) -> None:
        """Follow it in what is written beside, and put that in the place of what is in use."""
        until = time.monotonic() + LONGEST
        while True:
            if self.removals != staged_tables.removals():
                self._compare()
            few = self._followed()
            try:
                with transaction.atomic():
                    lock(LOCK)
                    self._finish(FEW if few else None)
                    staged_tables.switch()
                return
            except _NotYetError:
                continue
            except staged_tables.BusyError:
                if time.monotonic() > until:
                    raise
                time.sleep(PAUSE)

    def _compare(self) -> None:
        """Find what is no longer held as it was seen: with many reports this takes seconds."""
        # Counted first: whatever is taken out from now on is counted after it.
        self.removals = staged_tables.removals()
        now = intake.current_versions()
        self.gone = (self.gone | self.seen.keys()) - now.keys()
        staged_tables.forget_the_forgotten()
        # A report that what is in use has not been told of is another import's, which links it.
        self._match_again(sorted(r for r, version in now.items() if self.seen.get(r, version) != version))

    def _followed(self) -> bool:
        """Match once more whoever what is in use was told of; whether few are left."""
        for number in range(MOST_ROUNDS):
            reports, self.told = staged_tables.told_since(self.told)
            if number < FREE_ROUNDS:
                self._match_again(reports)
            else:
                self._match_in_turns(reports)
            if len(reports) <= FEW:
                return True
        return False

    def _match_in_turns(self, report_ids: Sequence[str]) -> None:
        for start in range(0, len(report_ids), FEW):
            with turn(LOCK):
                self._match_again(report_ids[start : start + FEW])

    def _finish(self, most: int | None) -> None:
        """All that is left, with the lock. Raises ``_NotYetError`` where it is more than ``most`` reports."""
        reports, _ = staged_tables.told_since(self.told)
        if self.removals != staged_tables.removals() or (most is not None and len(reports) > most):
            raise _NotYetError
        self._match_again(reports)
        withdrawn = intake.on_record(self.gone)
        services.left_out(withdrawn)
        records: set[str] = set()
        for table in (PreparedRecord, Membership):
            erased = table.objects.filter(report_id__in=self.gone - withdrawn)
            records |= set(erased.values_list("record_id", flat=True))
        if records:
            services.forget(records, tied(records) - records)
        late = Decision.objects.filter(pk__gt=self.decided).values_list("left_record", "right_record")
        for pair in sorted(set(late)):
            services.resettle(pair)

    def _match_again(self, report_ids: Sequence[str]) -> None:
        for start in range(0, len(report_ids), AT_ONCE):
            # What was erased a moment ago is not there; it is counted, and looked for again.
            rows = intake.received(report_ids[start : start + AT_ONCE])
            for report, _ in rows:
                staged_tables.bring_members(report["report_id"])
            if rows:
                services.match_rows(rows)
            self.seen |= {report["report_id"]: report["id"] for report, _ in rows}
            # One that was withdrawn may have been put back since.
            self.gone -= {report["report_id"] for report, _ in rows}
