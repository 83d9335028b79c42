"""The only writers of instruments: beginning one on a case, answering, submitting; and recording licences."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.instruments import incidents, library, policies, selectors
from lamplighter.hub.instruments.models import Licence, Sheet, SheetAnswer, SheetEnd, UsedVersion
from lamplighter.hub.instruments.selectors import Answered
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.instruments.answers import Answer, State, Value
from lamplighter.instruments.completing import all_lacking, unfit
from lamplighter.instruments.definition import Definition, Item, Type
from lamplighter.rule_files.faults import Fault

KIND = "instrument.submitted"


# Answers on a case -----------------------------------------------------------------------------------------


@transaction.atomic
def begin(user: User, case: Case, code: str) -> Sheet:
    """Begin the version of an instrument that is in force today. Raises ``NotPossibleError``."""
    today = timezone.localdate(moment.now())
    one = library.current(code, today)
    if one is None or one.use != "case":
        raise NotPossibleError("This instrument is not in force today.")
    policies.check_may_begin(user, one, today, library.refusals(today).get((one.code, one.version), ()))
    _use(one)
    return _begun(user, case, one)


@transaction.atomic
def correct(user: User, case: Case, key: uuid.UUID) -> Sheet:
    """Begin another one in the place of a submitted one, with its answers, under the same version.

    What was submitted stays as it is. Raises ``NotPossibleError``.
    """
    cases._hold(case)
    before = selectors.one(case, key)
    if not before.is_submitted or before.one is None:
        raise NotPossibleError("Only what was submitted can be corrected.")
    if before.corrected_by:
        raise NotPossibleError("It has been corrected already. Correct the newer one.")
    policies.check_may_begin(user, before.one, timezone.localdate(moment.now()), ())
    if before.sheet.partition != before.one.side:
        raise NotPossibleError("It lies elsewhere than its version says, and cannot be corrected.")
    made = _begun(user, case, before.one, corrects=before.sheet)
    for code, given in before.answers.items():
        _write(user, case, made, code, given)
    return made


def _begun(user: User, case: Case, one: Definition, corrects: Sheet | None = None) -> Sheet:
    row = {"instrument": one.code, "version": one.version, "digest": one.digest, "corrects": corrects}
    made = Sheet.objects.create(**owned(user, case, partition=one.side, **row))
    audit.record(user, "instruments.begun", f"sheet {made.key}", case=case, instrument=one.code)
    return made


def _use(one: Definition) -> None:
    """Keep the text of a version from its first use on. Raises ``NotPossibleError`` where it was edited."""
    text = library.text_of(one)
    row, _ = UsedVersion.objects.get_or_create(
        code=one.code, version=one.version, defaults={"digest": one.digest, "text": text}
    )
    if row.digest != one.digest:
        raise NotPossibleError(
            "This version has been answered, and reads otherwise now. Give it a new version."
        )


@transaction.atomic
def answer_page(user: User, case: Case, key: uuid.UUID, page: str, given: Mapping[str, Answer]) -> Answered:
    """Save the answers of one page of a draft: what is asked there, as far as it is answered.

    An answer that says what it said before is not written again. Raises ``NotPossibleError``, also for words
    that repeat the vault.
    """
    cases._hold(case)
    found = _draft(user, case, key)
    asked = found.path.page(page)
    items = {item.code: item for item in asked.items} if asked else {}
    if set(given) - set(items):
        raise NotPossibleError("This is not asked any more. Go back to the list of pages.")
    before = found.answers
    for code, answer in given.items():
        _check(user, case, found, items[code], answer)
        if before.get(code) != answer:
            _write(user, case, found.sheet, code, answer)
    audit.record(user, "instruments.answered", f"sheet {key}", case=case, fields=sorted(given))
    return selectors.one(case, key)


def _draft(user: User, case: Case, key: uuid.UUID) -> Answered:
    found = selectors.one(case, key)
    policies.check_draft_of(user, found.sheet)
    if found.one is None:
        raise NotPossibleError("The version that it was begun with is not here any more. Begin another one.")
    return found


def _check(user: User, case: Case, found: Answered, item: Item, answer: Answer) -> None:
    if wrong := unfit(item, answer):
        raise NotPossibleError(f"{item.text} {wrong}.", field=item.code)
    known = {one.key for one in incidents.of_case(case, found.sheet.partition)} if answer.cites else set()
    before = found.answers.get(item.code)
    if set(answer.cites) - known - set(before.cites if before else ()):
        raise NotPossibleError("Choose incidents from the list.", field=item.code)
    guarding.check(user, case, found.sheet.partition, answer.words)


def _write(user: User, case: Case, sheet: Sheet, item: str, answer: Answer) -> SheetAnswer:
    values = {"sheet": sheet, "item": item, "state": str(answer.state), "value": _stored(answer.value)}
    words = {"words": answer.words, "cites": list(answer.cites)}
    one = library.pinned_ones([(sheet.instrument, sheet.digest)])[sheet.instrument, sheet.digest]
    if one.by_code[item].type is Type.WORDS and answer.state is State.GIVEN:
        values["value"], words["words"] = None, str(answer.value)
    return SheetAnswer.objects.create(**owned(user, case, partition=sheet.partition, **values, **words))


def _stored(value: Value) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


@transaction.atomic
def submit(user: User, case: Case, key: uuid.UUID) -> SheetEnd:
    """Submit a draft. It never changes again, and is corrected by another. Raises ``NotPossibleError``."""
    cases._hold(case)
    found = _draft(user, case, key)
    one = found.one
    if one is None:
        raise LookupError("a draft without its version is refused before")
    today = timezone.localdate(moment.now())
    # Rights can end while somebody answers: training, a role, a licence.
    policies.check_may_begin(user, one, today, _of_licence(one, today))
    path = found.path
    policies.check_complete(all_lacking(path, found.answers))
    made = SheetEnd.objects.create(
        **owned(user, case, partition=found.sheet.partition),
        sheet=found.sheet,
        how=SheetEnd.How.SUBMITTED,
        digest=one.digest,
        path=list(path.codes),
        counted={code: str(found.rows[code].key) for code in path.codes if code in found.rows},
        training=policies.training_state(user, one, today),
        topic=one.training,
    )
    again = "corrected" if found.sheet.corrects_id else "submitted"
    cases.enter(
        user,
        case,
        KIND,
        f"Instrument {again}: {one.title}"[:200],
        partition=found.sheet.partition,
        page="instruments:page",
        of_key=found.sheet.key,
    )
    audit.record(user, "instruments.submitted", f"sheet {key}", case=case, instrument=one.code)
    return made


def _of_licence(one: Definition, on: dt.date) -> list[Fault]:
    """Return what forbids finishing a version: that its licence has ended, and not that its file changed."""
    faults = library.refusals(on).get((one.code, one.version), ())
    return [fault for fault in faults if fault.name == "no_licence"]


@transaction.atomic
def set_aside(user: User, case: Case, key: uuid.UUID) -> SheetEnd:
    """Set a draft aside, such as to begin again under a newer version. What was answered stays with it."""
    cases._hold(case)
    found = selectors.one(case, key)
    policies.check_draft_of(user, found.sheet)
    end = {"sheet": found.sheet, "how": SheetEnd.How.SET_ASIDE, "training": SheetEnd.Training.NOT_NEEDED}
    made = SheetEnd.objects.create(**owned(user, case, partition=found.sheet.partition, **end))
    audit.record(user, "instruments.set_aside", f"sheet {key}", case=case)
    return made


# Licences --------------------------------------------------------------------------------------------------


@transaction.atomic
def record_licence(
    user: User,
    *,
    code: str,
    holder: str,
    reference: str,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
) -> Licence:
    """Record a licence, or how one that was recorded stands now: of one reference the newest counts."""
    policies.check_licence(code, valid_from, valid_until)
    one_at_a_time(1)
    made = Licence.objects.create(
        code=code,
        holder=holder.strip(),
        reference=reference.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        by=user,
        at=moment.now(),
    )
    audit.record(user, "instruments.licence_recorded", f"licence {made.key}", instrument=code)
    return made
