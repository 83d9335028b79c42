"""Tell whom the words of a text stand for: the victim, the suspect, somebody near, a professional.

Systems call the two by their own labels (IP and SUSP, V1 and S1, AGG, pt, 'the female'), people by names and
pronouns. A label on the list says it by itself. What else a text calls people is read from the text: who
tells it is the victim, an ex is the ex of the victim, a title or an ex-husband gives a sex, and 'he' or 'she'
is the party of that sex. Where the text says nothing of either, the record of the two does. Two of one sex
cannot be told apart by a pronoun, and are not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from lamplighter.courses.coding.clauses import ELSEWHERE, NOBODY, OFFICIAL, OTHER, SUSPECT, VICTIM
from lamplighter.courses.coding.lexicon_store import lexicon, listed
from lamplighter.courses.coding.tokens import Token

_I = frozenset({"i", "me", "my", "myself", "mine", "im", "ive"})
_WE = frozenset({"we", "us", "our", "ours", "ourselves"})
_YOU = frozenset({"you", "your", "yours", "u", "ur", "yourself", "youre"})
_MALE, _FEMALE = "male", "female"
_SEX = {
    **dict.fromkeys(("he", "him", "his", "hes"), _MALE),
    **dict.fromkeys(("she", "her", "hers", "shes"), _FEMALE),
}
_TITLES = {"mr": _MALE, "mrs": _FEMALE, "ms": _FEMALE, "miss": _FEMALE}
_OF_SEX = {
    **dict.fromkeys(("husband", "boyfriend", "fiance", "bf", "male", "man", "bloke", "lad", "guy"), _MALE),
    **dict.fromkeys(("wife", "girlfriend", "fiancee", "gf", "female", "woman", "girl", "lady"), _FEMALE),
}
_PRONOUNS = frozenset({*_SEX, *_I, *_YOU, *_WE, "their"})
_BODIES = frozenset(
    w for w in _OF_SEX if w in ("male", "man", "bloke", "lad", "guy", "female", "woman", "girl", "lady")
)
_OWN = frozenset({"her", "his", "my", "their", "our"})
_BETWEEN = frozenset({"ex", "former", "estranged", "late", "own", "abusive", "then", "now", "other"})


@cache
def _labels() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    single = lexicon().single_words
    near = (
        (single["relative"] | single["friendly"] | single["work_people"])
        - single["victim"]
        - single["suspect"]
    )
    return single["victim"], single["suspect"], single["ex"], near


def named(given: Sequence[Token], text: str, sexes: tuple[str, str] = ("", "")) -> list[Token]:
    """The tokens of a text, each with the role of whom it stands for; what stands for the victim by name or
    by a label of the text's own becomes 'victim'. ``sexes``: of victim and suspect, as they are recorded."""
    out = _labelled(list(given), text)
    has_victim = any(t.role == VICTIM for t in out)
    quoted = _quoted(out, text)
    out = _first_persons(out, quoted, has_victim)
    out = _relations(out)
    out = _names(out, any(t.role == VICTIM for t in out))
    out = _bodies(out)
    return _pronouns(out, quoted, sexes)


def _labelled(given: list[Token], text: str) -> list[Token]:
    victims, suspects, _, _ = _labels()
    certain, weak = listed("certain_victims"), listed("weak_victims")
    strong = any(t.form in certain and _is_party(given, i) for i, t in enumerate(given))
    other_victim = any(t.form in victims and t.form not in weak for t in given)
    out = []
    for i, t in enumerate(given):
        form = t.form
        capital = text[t.start : t.end].strip(".").isupper()
        if form == "victim" or form == "suspect":
            role = form
        elif (
            form in listed("victim_letters")
            and capital
            and not other_victim
            and _stands_alone(given, i, text)
        ):
            form, role = "victim", VICTIM
        elif form in listed("suspect_letters") and capital and _stands_alone(given, i, text):
            form, role = "suspect", SUSPECT
        elif form in suspects:
            role = NOBODY if form == "suspects" and i and _suspected(given, i) else SUSPECT
        elif form in victims and _is_party(given, i):
            # 'AGG strangled IP', 'caller is the brother of IP', 'a former patient follows the client'.
            beside = strong and form in weak
            strange = i > 0 and given[i - 1].form in ("former", "ex", "another", "fellow", "previous", "next")
            role = OTHER if beside or strange else VICTIM
            if role == OTHER:
                out.append(
                    t._replace(is_name=True, role=SUSPECT if form in listed("either") or strange else OTHER)
                )
                continue
        else:
            role = NOBODY
        out.append(t._replace(form=form, role=role))
    return out


def _suspected(given: Sequence[Token], i: int) -> bool:
    """'IP suspects her ex': a verb."""
    return (
        given[i - 1].is_name
        or given[i - 1].form in _labels()[0]
        or given[i - 1].form in ("he", "she", "and", "who")
    )


def _is_party(given: Sequence[Token], i: int) -> bool:
    """'Victim support' and 'victim statement' are nobody."""
    return not (i + 1 < len(given) and given[i + 1].form in listed("no_party_before"))


def _stands_alone(given: Sequence[Token], i: int, text: str) -> bool:
    """Tell whether a single letter or short label can be somebody, and not a type, a plan or a section."""
    if text.isupper() and len(given[i].form) < 2 and not _opens(given, i):
        return False
    before = given[i - 1].form if i else "."
    follower = given[i + 1].form if i + 1 < len(given) else "."
    if before in (
        "vitamin",
        "type",
        "class",
        "grade",
        "plan",
        "block",
        "stage",
        "hepatitis",
        "form",
        "section",
        "nn",
    ):
        return False
    return follower not in ("plan", "section")


def _opens(given: Sequence[Token], i: int) -> bool:
    """'V GOT HOLD OF HIM', in capitals: the letter opens what is said."""
    before = given[i - 1].form if i else "."
    return (
        given[i].form == "v" and before in (".", ",") and i + 1 < len(given) and given[i + 1].form.isalpha()
    )


_QUOTATION = re.compile(
    r"\"[^\"\n]+\"|“[^”\n]+”|‘[^\n]+?’(?!\w)|(?<!\w)'(?=\w)(?:[^'\n]|(?<=\w)'(?=\w))+'(?!\w)"
)


def quotations(text: str) -> list[tuple[int, int]]:
    """Return where the text quotes somebody: from the mark that opens to past the one that closes."""
    if not any(q in text for q in "\"“‘'"):
        return []
    return [m.span() for m in _QUOTATION.finditer(text)]


def _quoted(given: Sequence[Token], text: str) -> list[bool]:
    """Which tokens stand between quotation marks."""
    spans = quotations(text)
    return [any(a <= t.start < b for a, b in spans) for t in given]


def _first_persons(given: list[Token], quoted: Sequence[bool], has_victim: bool) -> list[Token]:
    """I am the victim where no other is named, a professional where one is, in a quotation who is quoted."""
    out = []
    told_me = any(
        t.form in ("me", "us")
        and i > 1
        and given[i - 1].form in listed("reporting")
        and (given[i - 2].is_name or given[i - 2].role == VICTIM)
        for i, t in enumerate(given)
    )
    for i, t in enumerate(given):
        if t.form in _I or t.form in _WE:
            if quoted[i] or _told_in_passing(given, i):
                t = t._replace(role=SUSPECT if t.form in _I else NOBODY)
            elif has_victim or told_me:
                t = t._replace(role=OFFICIAL)
            else:
                t = t._replace(role=VICTIM)
        elif t.form in _YOU:
            t = t._replace(role=VICTIM)
        out.append(t)
    return out


def _told_in_passing(given: Sequence[Token], i: int) -> bool:
    """'He said I will kill you', without the marks."""
    if given[i].form not in _I:
        return False
    before = [t.form for t in given[max(0, i - 3) : i]]
    after = [t.form for t in given[i + 1 : i + 9]]
    return (
        any(w in listed("telling") for w in before[-2:])
        and any(w in _YOU for w in after)
        and before[:1] != ["i"]
    )


def _owner(given: Sequence[Token], i: int) -> int:
    """Where the one stands whose relation the word at ``i`` is: 'her abusive ex', 'victim former husband'."""
    j = i - 1
    while j >= 0 and given[j].form in _BETWEEN and i - j < 4:
        j -= 1
    if j >= 0 and (given[j].form in _OWN or given[j].role in (VICTIM, SUSPECT) or given[j].is_name):
        return j
    return -1


def _relations(given: list[Token]) -> list[Token]:
    """An ex is the suspect, a new partner and a relative are somebody near."""
    _, _, exes, near = _labels()
    partners = lexicon().single_words["partner"]
    officials = listed("officials") | listed("professionals")
    out = list(given)
    for i, t in enumerate(given):
        if t.role or t.is_name:
            continue
        before = given[i - 1].form if i else ""
        if t.form in exes:
            out[i] = t._replace(role=SUSPECT)
        elif t.form in partners:
            new = before in ("new", "current") or given[max(0, i - 2)].form in ("new", "current")
            of_suspect = (
                (j := _owner(given, i)) >= 0
                and given[j].role == SUSPECT
                and given[i - 1].form not in ("ex", "former")
            )
            out[i] = t._replace(role=OTHER if new or of_suspect else SUSPECT)
        elif t.form in officials:
            out[i] = t._replace(role=OFFICIAL)
        elif t.form in near:
            out[i] = t._replace(role=OTHER)
    return out


_TO_SOMEBODY = frozenset(
    {"rang", "called", "calling", "told", "tells", "informs", "informed", "advises", "advised"}
)


def _reports(given: Sequence[Token], i: int) -> bool:
    """Tell whether the one at ``i`` is who tells it: 'Mr Teague reports that'."""
    j = i + 1
    while (
        j < len(given)
        and j - i < 6
        and (given[j].is_name or given[j].form in listed("auxiliaries") or given[j].form == ",")
    ):
        j += 1
    if j >= len(given) or given[j].form not in listed("reporting"):
        return False
    # 'He called her', 'she told him': whoever speaks to the other tells nobody else.
    hearer = given[j + 1].form if j + 1 < len(given) else ""
    return given[j].form not in _TO_SOMEBODY or hearer not in ("her", "him")


def _names(given: list[Token], has_victim: bool) -> list[Token]:
    """Give each name its role, the same wherever it stands."""
    votes: dict[str, Counter[str]] = {}
    order: list[str] = []
    exes = _labels()[2]
    for i, t in enumerate(given):
        if not t.is_name or t.role:
            continue
        before, after = given[i - 1] if i else None, given[i + 1] if i + 1 < len(given) else None
        key = t.form
        if key not in votes:
            votes[key] = Counter()
            order.append(key)
        vote = votes[key]
        for neighbour, further in (
            (before, given[i - 2] if i > 1 else None),
            (after, given[i + 2] if i + 2 < len(given) else None),
        ):
            beside = further if neighbour is not None and neighbour.form == "," else neighbour
            apart = neighbour is not None and neighbour.form == ","
            # 'MENDLE, IP, says', 'IP Mendle', 'Tossell (SUSP)'.
            labelled = (
                beside is not None and beside.role in (VICTIM, SUSPECT) and beside.form not in _PRONOUNS
            )
            if labelled and beside is not None and (neighbour is before or apart):
                vote[beside.role] += 3
        # 'Rosa is our client, Ellen is the ex'.
        if after is not None and after.form in ("is", "was"):
            for u in given[i + 2 : i + 4]:
                if u.role in (VICTIM, SUSPECT) and u.form not in _SEX and u.form not in _I:
                    vote[u.role] += 3
                    break
        if (
            after is not None
            and after.form in exes | lexicon().single_words["partner"]
            and _owner(given, i + 1) == i
        ):
            vote[VICTIM] += 3
        if before is not None and before.form in exes | lexicon().single_words["partner"]:
            vote[SUSPECT] += 2
        if not has_victim and _reports(given, i):
            vote[VICTIM] += 1
    if not votes:
        return given
    # Of a Mr and a Mrs of one name neither is meant by the name.
    titles = {
        (t.form, given[i - 1].form in ("mr",))
        for i, t in enumerate(given)
        if i and given[i - 1].form in _TITLES
    }
    order = [k for k in order if not {(k, True), (k, False)} <= titles]
    called: dict[str, str] = {}
    found_victim = has_victim
    for key in order:
        top = votes[key].most_common(1)
        if top and (top[0][0] != VICTIM or not found_victim or top[0][1] >= 3):
            called[key] = top[0][0]
            found_victim = found_victim or top[0][0] == VICTIM
    out = []
    for i, t in enumerate(given):
        if t.is_name and not t.role:
            role = called.get(t.form, NOBODY)
            # A forename and a surname are one name.
            if not role and i and given[i - 1].is_name and called.get(given[i - 1].form):
                role = called[given[i - 1].form]
            if not role and i + 1 < len(given) and given[i + 1].is_name and called.get(given[i + 1].form):
                role = called[given[i + 1].form]
            if not role and i and given[i - 1].form in _TITLES and found_victim:
                role = SUSPECT
            t = t._replace(role=role, form="victim" if role == VICTIM else t.form)
        out.append(t)
    return out


def _bodies(given: list[Token]) -> list[Token]:
    """'The female reports that a male followed her': who tells it is the victim, where no victim is named."""
    has_victim = any(t.role == VICTIM and t.form not in _YOU for t in given)
    told = ""
    out = []
    for i, t in enumerate(given):
        if t.form in _BODIES and not t.role and not t.is_name:
            before = given[i - 1].form if i else ""
            described = (
                before in ("old", "is", "a", "am")
                and i > 1
                and given[i - 2].form in ("is", "a", "yr", "year", "am")
            )
            follower = given[i + 1] if i + 1 < len(given) else None
            labelled = follower is not None and follower.role in (VICTIM, SUSPECT)
            if described or (labelled and t.form in ("male", "female")):
                role = NOBODY
            elif not has_victim and (told in ("", t.form)) and _reports(given, i):
                told, role = t.form, VICTIM
            elif told == t.form and before in ("", "the", "."):
                role = VICTIM
            else:
                role = SUSPECT
            t = t._replace(role=role)
        out.append(t)
    return out


def _sexes(given: Sequence[Token]) -> tuple[str, str]:
    """The sex of the victim and of the suspect, '' where the text does not give it."""
    victim: Counter[str] = Counter()
    suspect: Counter[str] = Counter()
    _, _, exes, _ = _labels()
    partners = lexicon().single_words["partner"]
    for i, t in enumerate(given):
        before = given[i - 1] if i else None
        follower = given[i + 1] if i + 1 < len(given) else None
        if t.form in exes | partners and t.role == SUSPECT:
            owner = _owner(given, i)
            if owner >= 0 and given[owner].form in _SEX:
                victim[_SEX[given[owner].form]] += 3
            sex = _OF_SEX.get(t.form, "")
            if sex:
                suspect[sex] += 3
        if t.form in _BODIES:
            if follower is not None and follower.role == VICTIM:
                victim[_OF_SEX[t.form]] += 5
            elif follower is not None and follower.role == SUSPECT:
                suspect[_OF_SEX[t.form]] += 5
            elif any(u.role == VICTIM for u in given[max(0, i - 5) : i]) and any(
                u.form in ("is", "am", "im") for u in given[max(0, i - 4) : i]
            ):
                # 'C is a man in his fifties', 'pt is a male physiotherapist'.
                victim[_OF_SEX[t.form]] += 5
            elif t.role == VICTIM:
                victim[_OF_SEX[t.form]] += 4
            elif t.role == SUSPECT:
                suspect[_OF_SEX[t.form]] += 2
        if before is not None and before.form in _TITLES and t.role in (VICTIM, SUSPECT):
            (victim if t.role == VICTIM else suspect)[_TITLES[before.form]] += 4
        if (
            t.role in (VICTIM, SUSPECT)
            and follower is not None
            and follower.form == ","
            and i + 2 < len(given)
        ):
            # 'pt (M)', 'IP (female)'.
            letter = given[i + 2].form
            given_sex = {"m": _MALE, "f": _FEMALE}.get(letter) or (
                _OF_SEX.get(letter) if letter in _BODIES else None
            )
            if given_sex:
                (victim if t.role == VICTIM else suspect)[given_sex] += 5
        if t.role == VICTIM and t.form == "victim" and _reports(given, i):
            # 'Client says his car', 'victim states she'.
            for k in range(i + 2, min(len(given), i + 5)):
                if given[k].form in _SEX and given[k].form in ("his", "her", "she", "he"):
                    if given[k].form in _OWN:
                        victim[_SEX[given[k].form]] += 1
                    break
    return _top(victim), _top(suspect)


def _top(votes: Counter[str]) -> str:
    best = votes.most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return ""
    return best[0][0]


def _pronouns(given: list[Token], quoted: Sequence[bool], recorded: tuple[str, str]) -> list[Token]:
    first = any(t.form in _I and t.role == VICTIM for t in given)
    victim, suspect = _sexes(given)
    other = {_MALE: _FEMALE, _FEMALE: _MALE}
    if not first and not victim and not suspect:
        victim = _teller(given)
        if not victim and {*recorded} == {_MALE, _FEMALE} and _of_the_two(given):
            victim, suspect = recorded
        victim = victim or _clipped_teller(given)
    if not victim and not suspect and not first and not any(t.role == VICTIM for t in given):
        # Nothing says who is who: a pronoun is nobody.
        return given
    if not victim and not first:
        victim = other.get(suspect, _FEMALE)
    if not suspect:
        suspect = other.get(victim, "")
    out = []
    for t in given:
        if t.form in _SEX and not t.role:
            sex = _SEX[t.form]
            if first:
                role = SUSPECT
            elif victim == suspect:
                role = NOBODY
            else:
                role = VICTIM if sex == victim else SUSPECT
            t = t._replace(role=role)
        out.append(t)
    return _elsewhere(out)


def _teller(given: Sequence[Token]) -> str:
    """The sex of whoever tells it in a text that opens with a pronoun: 'He reports that she'; not of one who
    tells what he himself did."""
    if any(t.role == VICTIM for t in given):
        return ""
    for i, t in enumerate(given[:6]):
        if t.form in ("he", "she") and _reports(given, i):
            # 'He rang the bank pretending to be her': whoever pretends tells nothing of himself.
            if any(u.form in ("pretending", "posing", "impersonating") for u in given[i + 2 : i + 8]):
                return ""
            for u in given[i + 2 : i + 8]:
                if u.form in ("he", "she"):
                    return _SEX[t.form] if u.form != t.form else ""
                if u.form in ("his", "her") or u.role == SUSPECT:
                    return _SEX[t.form]
            return ""
    return ""


def _clipped_teller(given: Sequence[Token]) -> str:
    """The sex of whoever tells it where the text leaves out who says it: 'Says she paid him'."""
    said = len(given) > 2 and given[0].form in listed("reporting") and given[1].form in ("he", "she")
    return _SEX[given[1].form] if said and not any(t.role == VICTIM for t in given) else ""


def _of_the_two(given: Sequence[Token]) -> bool:
    """Tell whether a pronoun can only be one of the two whom the record is of: the text names a victim, or
    nobody else who could be meant."""
    return any(t.role == VICTIM for t in given) or not any(
        t.is_name or t.role in (OTHER, ELSEWHERE, OFFICIAL) for t in given
    )


def _elsewhere(given: list[Token]) -> list[Token]:
    """'His ex', said of the suspect, is somebody else whom it happened to."""
    out = list(given)
    _, _, exes, _ = _labels()
    has_victim = any(t.role == VICTIM for t in given)
    for i, t in enumerate(given):
        if t.form in exes and (j := _owner(given, i)) >= 0 and given[j].role == SUSPECT and has_victim:
            out[i] = t._replace(role=ELSEWHERE)
    return out
