"""The clauses of a sentence: who does what to whom in each, who tells it, and whether it is said to be so.

Pure: :func:`parse` takes the words of one sentence (as :mod:`lamplighter.courses.coding.coder` has them:
'victim', 'suspect', 'name_', 'NN', ',' between clauses), who each of them stands for, and the marks between
them, and answers for any stretch of words with :meth:`Sentence.said`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from lamplighter.courses.coding.lexicon_store import lexicon, listed

ASSERTED, DENIED, DISBELIEVED, SUPPOSED, TOLD_TO, ASKED = (
    "asserted",
    "denied",
    "disbelieved",
    "supposed",
    "told_to",
    "asked",
)
"""Moods, as a clause is meant: so; not so; not thought so; feared or planned; ordered or advised; asked."""
VICTIM, SUSPECT, OTHER, ELSEWHERE, OFFICIAL, NOBODY = (
    "victim",
    "suspect",
    "other",
    "elsewhere",
    "official",
    "",
)
"""Who somebody is: 'other' is near the victim or only named, 'elsewhere' a victim in another matter."""

Forms = tuple[str, ...]


class Clause(NamedTuple):
    """Positions of its first and last word, verb and subject (-1: none), who did it, to whom, who tells it.

    ``opens`` is the word that joins it on, ``inside`` the clause whose content it is (-1: none).
    """

    first: int
    last: int
    verb: int
    subject: int
    doer: str
    done_to: str
    speaker: str
    mood: str
    opens: str
    inside: int
    passive: bool


class Said(NamedTuple):
    """Account of a stretch of a sentence; ``why``: positions of the words that decide the mood."""

    mood: str
    doer: str
    done_to: str
    speaker: str
    history: bool
    why: tuple[int, int] | None


@cache
def _finite_words() -> frozenset[str]:
    return listed("finite") | listed("be")


def is_finite(word: str) -> bool:
    """Tell whether the word can be what somebody does or did: 'rang', 'followed', 'is'."""
    return word in _finite_words() or (
        word.endswith("ed") and len(word) > 4 and word not in listed("no_verbs")
    )


@cache
def _people() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    single = lexicon().single_words
    near = single["relative"] | single["friendly"] | single["work_people"]
    return (
        single["ex"],
        single["partner"] | frozenset({"male", "man", "lad", "bloke", "female", "woman", "girl", "person"}),
        near,
    )


_FIRST = frozenset({"i", "me", "my", "myself", "mine", "we", "us", "our", "im", "ive"})
_SHE = frozenset({"she", "her", "hers", "shes"})
_HE = frozenset({"he", "him", "his", "hes"})
_THEY = frozenset({"they", "them", "their", "who", "someone", "somebody", "anyone", "nobody", "both", "it"})
_OWNERS = frozenset({"her", "his", "my", "our", "their", "your"})
_DETERMINERS = _OWNERS | {"the", "a", "an", "this", "that", "these", "those", "some", "another", "any", "no"}
_SUBJECT_ONLY = frozenset(
    {
        "one",
        "noone",
        "none",
        "everyone",
        "everybody",
        "i",
        "he",
        "she",
        "they",
        "we",
        "who",
        "it",
        "you",
        "nobody",
        "someone",
        "somebody",
    }
)
_OBJECT_ONLY = frozenset({"him", "me", "us", "them", "myself", "himself", "herself"})
_HABIT = frozenset({"when", "whenever", "wherever", "every", "each"})


def roles_of(forms: Forms) -> tuple[str, ...]:
    """Return whom each word stands for in a sentence alone: she and I are the victim, he is the suspect."""
    ex, somebody, near = _people()
    officials = listed("officials")
    out = []
    for i, word in enumerate(forms):
        before = forms[i - 1] if i else ""
        if word == "victim" or word in _FIRST or word in _SHE:
            role = VICTIM
        elif word == "suspect" or word in _HE or word in ex:
            role = SUSPECT
        elif word in officials:
            role = OFFICIAL
        elif word in near or (word in somebody and before in ("new", "current")):
            role = OTHER
        elif word in somebody or word == "name_":
            role = SUSPECT if word != "name_" else OTHER
        else:
            role = NOBODY
        out.append(role)
    return tuple(out)


# --- the bounds of clauses ---------------------------------------------------


def _subject_ends(forms: Forms, i: int, roles: tuple[str, ...]) -> int:
    """The position after a subject that begins at ``i``; ``i`` itself when none does."""
    n = len(forms)
    j = i
    while (
        j < n
        and forms[j] in _DETERMINERS
        and not (forms[j] in ("that", "this") and j + 1 < n and is_finite(forms[j + 1]))
    ):
        j += 1
    determined = j > i
    # 'has hit her and was', 'know her has been': whom it is done to, and no subject.
    if j >= n or (determined and is_finite(forms[j]) and not roles[j]):
        return i
    if not determined and forms[j] in _OBJECT_ONLY:
        return i
    if roles[j] or forms[j] in _SUBJECT_ONLY or forms[j] in _THEY:
        j += 1
        # 'victim sister', 'ex partner', 'her car': what comes last is the subject.
        while j < n and j - i < 5 and not is_finite(forms[j]) and (roles[j] or forms[j] in ("partner", "s")):
            j += 1
        if (
            j < n
            and not is_finite(forms[j])
            and forms[j] not in listed("adverbs")
            and j + 1 < n
            and is_finite(forms[j + 1])
        ):
            return j + 1 if roles[j - 1] and forms[j - 1] not in _SUBJECT_ONLY else j
        return j
    if not determined and (
        is_finite(forms[j]) or forms[j] in listed("prepositions") or forms[j] in _passed_over()
    ):
        return i
    if determined or is_finite(forms[j + 1] if j + 1 < n else ""):
        # 'the windscreen was smashed', 'tyres were slashed'.
        for k in range(j + 1, min(n, j + 4)):
            if forms[k] in listed("be") or forms[k] in ("has", "had", "have", "will", "would"):
                return k
            if roles[k] or forms[k] in listed("prepositions") or forms[k] == ",":
                break
    return i


def _begins(forms: Forms, i: int, roles: tuple[str, ...]) -> str:
    """'somebody' where a subject and its verb begin at ``i``, 'verb' where a verb does, else ''."""
    n = len(forms)
    k = i
    adverbs = listed("adverbs")
    while k < n and forms[k] in listed("times_between"):
        k += 1
    while k < n and forms[k] in (
        "then",
        "also",
        "again",
        "later",
        "just",
        "now",
        "still",
        "repeatedly",
        "that",
    ):
        k += 1
    if k >= n:
        return ""
    end = _subject_ends(forms, k, roles)
    if end > k:
        place = False
        for m in range(end, min(n, end + 6)):
            if is_finite(forms[m]):
                return "somebody"
            place = place or (forms[m] in listed("prepositions") or forms[m] == "in")
            if place and forms[m] not in (",", "and"):
                continue
            if forms[m] == "and" or (forms[m] not in adverbs and forms[m] not in listed("auxiliaries")):
                return ""
        return ""
    while k < n and forms[k] in ("never", "not", "always", "deliberately", "physically", "verbally"):
        k += 1
    if k < n and is_finite(forms[k]):
        return "verb"
    return ""


def _starts(forms: Forms, roles: tuple[str, ...], marks: Forms) -> list[tuple[int, str, bool]]:
    """Where clauses start, with the word that opens each and whether it is what a verb of telling tells."""
    out: list[tuple[int, str, bool]] = [(0, forms[0], False)]
    opening, before_somebody, telling = (
        listed("opening"),
        listed("opening_before_somebody"),
        listed("telling"),
    )
    n = len(forms)
    i = 1
    while i < n:
        word = forms[i]
        found: tuple[int, str, bool] | None = None
        if marks and marks[i]:
            found = (i, marks[i], marks[i] == '"' and _tells(forms, i, telling))
        elif word in opening:
            found = (i, word, False)
        elif word in before_somebody:
            begins = _begins(forms, i + 1, roles)
            if begins == "somebody" or (begins and word in listed("joining")):
                found = (i, word, word == "that")
        elif (
            word in _ASKING
            and forms[i - 1] in ("asking", "asked", "asks")
            and forms[i + 1 : i + 2]
            and (forms[i + 1] in _SUBJECT_ONLY or roles[i + 1])
        ):
            found = (i, word, False)
        elif _sets_in(forms, out[-1][0], i):
            found = (i, "", False)
        elif _relative_over(forms, out[-1], i):
            found = (i, _GOES_ON, False)
        elif _tells(forms, i, telling) and _begins(forms, i, roles) == "somebody":
            found = (i, "that", True)
        if found is not None:
            # 'and when', ', who': one boundary, named by its last word.
            if out[-1][0] == i - 1 and forms[i - 1] in before_somebody and i - 1 > 0:
                out[-1] = (i - 1, found[1], found[2])
            else:
                out.append(found)
        i += 1
    return out


_NO_VERB_AFTER = frozenset({"my", "his", "our", "their", "your", "the", "a", "an", "no", "any", "this"})


def _sets_in(forms: Forms, first: int, i: int) -> bool:
    """'When she called me that | I took her by the collar': a second subject and its verb, unannounced."""
    if forms[i] not in ("i", "he", "she", "they", "we") or i + 1 >= len(forms) or i - first < 2:
        return False
    follower = forms[i + 1]
    if not (
        is_finite(follower)
        or (follower in listed("adverbs") and i + 2 < len(forms) and is_finite(forms[i + 2]))
    ):
        return False
    before = forms[i - 1]
    if (
        before in listed("opening_before_somebody")
        or before in listed("opening")
        or before in listed("telling")
    ):
        return False
    # Turned round: 'at no point did he', 'has she'.
    if before in (
        "did",
        "does",
        "do",
        "has",
        "had",
        "have",
        "will",
        "would",
        "should",
        "could",
        "is",
        "was",
        "were",
    ):
        return False
    return any(is_finite(w) for w in forms[first + 1 : i])


_GOES_ON = "goes on"
_GOING_ON = frozenset(
    {"has", "have", "had", "is", "was", "were", "are", "keeps", "kept", "will", "would", "continues"}
)


def _relative_over(forms: Forms, clause: tuple[int, str, bool], i: int) -> bool:
    """'A man who works with her | has been following her': the first verb after the relative's own."""
    first, opens, _ = clause
    if opens != "who" or forms[i] not in _GOING_ON or i - first < 3:
        return False
    before = forms[first + 1 : i]
    helping = listed("auxiliaries") | listed("adverbs") | listed("be")
    own = [k for k, w in enumerate(before) if is_finite(w)]
    return (
        bool(own)
        and forms[i - 1] not in _SUBJECT_ONLY
        and any(w not in helping for w in before[own[0] + 1 :] or ("",))
        and (forms[i - 1] not in helping and forms[i - 1] not in ("to", "and", ",", "that"))
    )


_TOLD = frozenset(
    {
        "her",
        "victim",
        "suspect",
        "name_",
        "that",
        "police",
        "officers",
        "to",
        "in",
        ",",
        "now",
        "today",
        "then",
    }
)


def _tells(forms: Forms, i: int, telling: frozenset[str]) -> bool:
    """Tell whether a verb of telling stands before, or before the one who was told: 'told her he'."""
    for j in range(i - 1, max(-1, i - 4), -1):
        if forms[j] in telling:
            return True
        if forms[j] not in _OBJECT_ONLY and forms[j] not in _TOLD:
            return False
    return False


# --- who does what in each ---------------------------------------------------


def _parts(forms: Forms, roles: tuple[str, ...], first: int, last: int) -> tuple[int, int, bool, str]:
    """The verb of a clause, its subject, whether it is a passive, and whom its subject is or owns."""
    verb = -1
    opening = listed("opening") | listed("opening_before_somebody")
    start = first
    while start < last and forms[start] in opening and forms[start] != "who":
        start += 1
    for i in range(start, last + 1):
        before = forms[i - 1] if i > start else ""
        # 'my sat nav', 'the set': no verbs.
        if is_finite(forms[i]) and not (i == start and roles[i]) and before not in _NO_VERB_AFTER:
            verb = i
            break
        # 'SUSP texting V asking': clipped, and the first of them says what is done.
        if i > start and roles[i - 1] and forms[i].endswith("ing") and forms[i] not in listed("no_verbs"):
            verb = i
            break
    if verb < 0:
        for i in range(start, last + 1):
            if forms[i].endswith("ing") and forms[i] not in listed("no_verbs"):
                verb = i
                break
    if verb < 0:
        return -1, -1, False, NOBODY
    # The auxiliaries before the verb that says what is done.
    aux = [forms[verb]]
    main = verb
    helping = listed("auxiliaries") | listed("adverbs") | listed("be")
    turned = -1
    while main < last and forms[main] in helping | {"has", "had", "have", "to"}:
        follower = forms[main + 1]
        # 'did he ever ring': the subject stands behind the first of them.
        if (
            main == verb
            and main + 2 <= last
            and forms[main] not in ("to", "be")
            and (follower in _SUBJECT_ONLY or follower in ("victim", "suspect", "name_"))
        ):
            turned = main + 1
            main += 2
            aux.append(forms[main])
        elif follower in listed("no_verbs"):
            break
        elif (
            follower in helping
            or is_finite(follower)
            or follower.endswith(("ing", "en"))
            or (
                forms[main] in ("to", "did", "not", "will", "would")
                and not roles[main + 1]
                and follower not in _DETERMINERS
            )
        ):
            main += 1
            aux.append(forms[main])
        else:
            break
    # 'went to his house': the 'to' is none of its own.
    while main > verb and forms[main] == "to":
        main -= 1
    # 'has on several evenings driven past'.
    if forms[main] in ("has", "had", "have") and main < last and forms[main + 1] in listed("prepositions"):
        further = (
            k
            for k in range(main + 2, min(last, main + 7) + 1)
            if is_finite(forms[k]) or forms[k].endswith("en")
        )
        main = next(further, main)
    be = listed("be")
    participle = forms[main]
    passive = (
        any(w in be for w in aux[:-1])
        and not participle.endswith("ing")
        and participle not in be
        and participle not in ("going", "able")
    ) or (main == verb and _clipped_passive(forms, roles, verb, last))
    if turned >= 0:
        return main, turned, passive, roles[turned]
    i = verb - 1
    prepositions = listed("prepositions") | {"in", "by"}
    while i >= start:
        if forms[i] in listed("adverbs") or forms[i] in listed("auxiliaries") or forms[i] in prepositions:
            i -= 1
            continue
        # 'This man in my game keeps', 'IP at home saw': who stands before the place is the subject.
        behind = next((k for k in range(i - 1, max(start - 1, i - 4), -1) if forms[k] in prepositions), -1)
        if behind > start and not any(is_finite(w) or w == "," for w in forms[behind:i]):
            i = behind - 1
            continue
        if roles[i] or forms[i] in _SUBJECT_ONLY or forms[i] == "name_":
            return main, i, passive, roles[i]
        # Some thing is the subject; whose it is stands before it.
        owner = next((k for k in range(i - 1, max(start - 1, i - 4), -1) if roles[k]), -1)
        return main, -2, passive, roles[owner] if owner >= 0 else NOBODY
    return main, -1, passive, NOBODY


def _clipped_passive(forms: Forms, roles: tuple[str, ...], verb: int, last: int) -> bool:
    """Tell whether a log leaves out 'was': 'IP slapped in the face by SUSP', 'spat at by him', with nobody
    between."""
    beyond = forms[verb + 1 : verb + 3]
    stranded = len(beyond) == 2 and beyond[0] in listed("prepositions") and beyond[1] == "by"
    participle = forms[verb].endswith(("ed", "en")) or forms[verb] in ("hit", "cut", "struck", "held", "left")
    if not (participle or stranded):
        return False
    by = next((i for i in range(verb + 1, min(last, verb + 6)) if forms[i] == "by"), -1)
    if by < 0 or any(roles[i] or forms[i] == "," for i in range(verb + 1, by)):
        return False
    return _object(forms, roles, by, min(last, by + 3)) not in (NOBODY, VICTIM)


def _object(forms: Forms, roles: tuple[str, ...], verb: int, last: int) -> str:
    """Who stands first after the verb: whom it is done to, or whose the thing is that it is done to."""
    for i in range(verb + 1, last + 1):
        if roles[i] and forms[i] != "i":
            # 'her sister', 'victim mum', 'his ex': the last of them is meant.
            j = i
            while (
                j + 1 <= last
                and roles[j + 1]
                and forms[j] in (*_OWNERS, "victim", "suspect", "name_", "ex", "new", "former")
            ):
                j += 1
            # 'past his former partner's house': the one whose relation is told is meant, not whose relation.
            k = j + 1
            while k <= last and forms[k] in _OF_OLD:
                k += 1
            return roles[k] if j + 1 < k <= last and forms[j] in _OWNERS and roles[k] else roles[j]
    return NOBODY


_OF_OLD = frozenset({"former", "estranged", "late", "elderly", "then", "current", "old"})


def _agent(forms: Forms, roles: tuple[str, ...], verb: int, last: int) -> str:
    for i in range(verb + 1, last):
        if forms[i] == "by":
            return _object(forms, roles, i, min(last, i + 4))
    return NOBODY


_NONE = "(?:no|not an?|not any|nor any|without an?y?|never any|zero|nil)"
_SOME = "(?:single|further|more|other|recent|new|known|obvious|clear|current|real)"


@cache
def _governors() -> tuple[tuple[str, re.Pattern[str]], ...]:
    out = []
    for mood, key in (
        (DISBELIEVED, "disbelieved"),
        (DENIED, "denied"),
        (TOLD_TO, "told_to"),
        (SUPPOSED, "supposed"),
        (ASKED, "asked_about"),
    ):
        body = "|".join(re.escape(p) for p in sorted(listed(key), key=lambda p: (-len(p), p)))
        if key == "denied":
            # 'Not a single hint of', 'no sign that'.
            signs = "|".join(sorted(listed("signs")))
            body += rf"|{_NONE}(?: {_SOME})*(?: (?:{signs}))(?: or)?"
            # 'The jury acquitted her of sending'.
            body += r"|(?:acquitted|cleared|exonerated)(?: \w+){0,2} of"
        out.append((mood, re.compile(rf" (?:{body})(?= |$)")))
    return tuple(out)


@cache
def _first_of_governors() -> frozenset[str]:
    signs = {"no", "not", "nor", "without", "never", "zero", "nil", "acquitted", "cleared", "exonerated"}
    return frozenset(signs) | frozenset(
        p.split()[0]
        for k in ("disbelieved", "denied", "told_to", "supposed", "asked_about")
        for p in listed(k)
    )


@cache
def _after() -> re.Pattern[str]:
    body = "|".join(re.escape(p) for p in sorted(listed("denying_after"), key=lambda p: (-len(p), p)))
    return re.compile(rf" (?:{body})(?= |$)")


@cache
def _elsewhere() -> re.Pattern[str]:
    body = "|".join(re.escape(p) for p in sorted(listed("somebody_elses"), key=lambda p: (-len(p), p)))
    return re.compile(rf" (?:{body})(?= |$)")


def _governed(forms: Forms, first: int, last: int) -> tuple[str, int, int] | None:
    """The mood that the last phrase within these words gives to what follows it, and its place."""
    if _first_of_governors().isdisjoint(forms[first : last + 1]):
        return None
    joined = " " + " ".join(forms[first : last + 1])
    best: tuple[int, str, int] | None = None
    for mood, pattern in _governors():
        for m in pattern.finditer(joined):
            begin = first + joined[: m.start()].count(" ")
            # 'May have put a tracker on it' is said of what may be.
            if m.group() in (" may", " might") and forms[begin + 1 : begin + 2] == ("have",):
                continue
            # 'On 3 May'.
            if m.group() == " may" and begin and forms[begin - 1] in _BEFORE_MAY:
                continue
            end = begin + m.group().count(" ") - 1
            if best is None or begin > best[0]:
                best = (begin, mood, end)
    return (best[1], best[0], best[2]) if best else None


_NOT = frozenset({"not", "no", "never", "cant", "cannot", "nor", "hardly", "barely", "rarely"})
_DENYING = frozenset(
    {"denies", "denied", "denying", "deny", "retracted", "retracts", "withdrew", "withdrawn"}
)
_BEFORE_MAY = frozenset(
    {"NN", "in", "since", "of", "early", "late", "by", "until", "last", "mid", "to", "from"}
)
_FUTURE = frozenset({"will", "would", "may", "might", "could", "going", "wont", "should"})
_ASKING = _FUTURE | {"has", "have", "did", "does", "do", "is", "are", "was", "were", "any", "can", "had"}
_CONDITIONS = frozenset({"if", "unless"})
_FEARS = frozenset(
    {
        "fears",
        "feared",
        "afraid",
        "worried",
        "scared",
        "concerned",
        "frightened",
        "terrified",
        "risk",
        "worries",
        "worry",
        "hopes",
        "hoped",
    }
)
_YEAR = re.compile(r"(?:19|20)\d\d")


@cache
def _passed_over() -> frozenset[str]:
    return frozenset().union(
        *(
            listed(k)
            for k in ("auxiliaries", "adverbs", "be", "opening_before_somebody", "opening", "negators")
        )
    )


@cache
def small_words() -> frozenset[str]:
    """Return the words that say nothing of what is done: 'the', 'on', 'and', 'again', 'has'."""
    return _passed_over() | _DETERMINERS | listed("prepositions") | frozenset({",", "in", "to", "of", "as"})


# Not said, so not so; 'did not know', 'did not tell' take it as given.
_CLAIMING = frozenset(
    {
        "say",
        "said",
        "saying",
        "says",
        "claim",
        "claimed",
        "claiming",
        "allege",
        "alleged",
        "alleging",
        "think",
        "thinks",
        "thought",
        "believe",
        "believed",
        "state",
        "stated",
        "disclose",
        "disclosed",
        "suggest",
        "suggesting",
        "write",
        "heard",
        "threaten",
        "maintains",
    }
)


_ALONE = frozenset({"nil", "none", "neg", "negative", "clear", "clean"})
_AFTER_ALONE = frozenset(
    {
        ",",
        "and",
        "but",
        "found",
        "detected",
        "seen",
        "reported",
        "disclosed",
        "made",
        "noted",
        "given",
        "then",
    }
)
_CHECKED = frozenset(
    {"checked", "made", "found", "searched", "scanned", "came", "examined", "reported", "thought"}
)


def _past_time(forms: Forms, first: int, last: int) -> int:
    """Where words go on after the time that they begin with: 'since the arrest, | no calls', 'after bail | no
    texts'. What is told of is what follows, and not the event that the time is counted from."""
    if forms[first] not in _SINCE:
        return first
    ends = (k for k in range(first + 2, last + 1) if forms[k] == "," or forms[k] in _NO_SUCH)
    return next(ends, first)


_SINCE = frozenset({"since", "after", "following", "before", "until", "till", "during", "throughout"})
_WHEN_OR_WHOM = _SINCE | {
    "from",
    "by",
    "at",
    "in",
    "on",
    "to",
    "outside",
    "this",
    "today",
    "yesterday",
    "all",
}
_NO_SUCH = frozenset({"no", "nil", "without", "not", "never"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence parted into clauses."""

    forms: Forms
    roles: tuple[str, ...]
    clauses: tuple[Clause, ...]
    asks: bool

    def at(self, i: int) -> Clause:
        """The clause in which the word at ``i`` stands."""
        return next((c for c in self.clauses if c.first <= i <= c.last), self.clauses[-1])

    def number(self, i: int) -> int:
        """Its number."""
        return next((k for k, c in enumerate(self.clauses) if c.first <= i <= c.last), len(self.clauses) - 1)

    def said(self, first: int, last: int, *, words: bool = False, after: bool = True) -> Said:
        """Return what is said of the words from ``first`` to ``last``.

        Args:
            words: they are somebody's words or their content ('she would never see Christmas'): they may deny
                what they like: only what stands around them says that they were not said.
            after: what follows them may take them back ('all unfounded').
        """
        place = self.anchor(first, last, telling=words)
        clause = self.at(place)
        mood, why = self._mood(clause, first, place, last, words, after)
        return Said(mood, clause.doer, clause.done_to, clause.speaker, self._past(clause), why)

    def anchor(self, first: int, last: int, *, telling: bool = False) -> int:
        """The word among these that says what is done: past a time that they begin with, the subject, its
        auxiliaries, small words, and a verb of telling or denying whose content is among them too."""
        skipped = _passed_over()
        for i in range(_past_time(self.forms, first, last), last + 1):
            word = self.forms[i]
            if word in skipped or self.roles[i] or word in _DETERMINERS or word in _SUBJECT_ONLY:
                continue
            if word == "name_" and i == first < last:
                continue
            number = self.number(i)
            if self.forms[i] in _DENYING and i < last:
                continue
            if (
                not telling
                and self.forms[i] in listed("telling")
                and self.clauses[number].last < last
                and self.clauses[number + 1].inside == number
            ):
                continue
            return i
        return last if self.roles[first] else first

    def _mood(
        self, clause: Clause, first: int, place: int, last: int, words: bool, after: bool
    ) -> tuple[str, tuple[int, int] | None]:
        if clause.mood != ASSERTED:
            return clause.mood, (clause.first, clause.first)
        # What governs the words stands before what is done, within the clause or within the words.
        found = _governed(self.forms, clause.first, place)
        if found is not None and not self._freed(found[0], found[2], place):
            return found[0], (found[1], found[2])
        told = words and (clause.inside >= 0 or self.forms[place] not in listed("telling"))
        if not (told and _FUTURE & set(self.forms[clause.first : place + 1])) and not (
            words and clause.inside >= 0
        ):
            denial = self._negator(clause, place, last)
            if denial is not None:
                return DENIED, (denial, denial)
        if after and (tail := self._denied_after(clause, place, last)) is not None:
            return DENIED, tail
        return ASSERTED, None

    def _freed(self, mood: str, governor: int, place: int) -> bool:
        """'He denies that, but keeps ringing': what goes on after it is not governed by it."""
        between = self.forms[governor + 1 : place]
        return (
            mood == DENIED
            and any(w in ("keeps", "kept", "continues", "continued") for w in between[1:])
            and not any(self.forms[governor].startswith(s) for s in ("den", "retract", "withd"))
        )

    def _negator(self, clause: Clause, place: int, last: int) -> int | None:
        """Where a word denies what is done at ``place``: 'did not follow', 'no threats, calls or visits'."""
        forms = self.forms
        negators, presupposing = listed("negators"), listed("presupposing")
        # 'Not one day has gone by without an e-mail'.
        until = forms[clause.first : max(place, last + 1)]
        if "without" in until and any(w in _NOT for w in until):
            return None
        # 'Nothing since bail': without a verb, there was nothing.
        of = forms[clause.first : clause.first + 2]
        if clause.verb < 0 and of[0] == "nothing" and of[-1] in _WHEN_OR_WHOM:
            return clause.first
        # 'Nobody has ever broken in'; 'nobody spoke when she answered' denies nothing.
        if clause.subject >= 0 and place == clause.verb:
            who = forms[max(clause.first, clause.subject - 1) : clause.subject + 1]
            if who[-1] in ("nobody", "noone", "none") or who == ("no", "one"):
                return clause.subject
        for i in range(min(place, last), clause.first - 1, -1):
            word = forms[i]
            if word not in negators:
                continue
            after = forms[i + 1 : place]
            if word in ("no", "nil"):
                two = " ".join(forms[i + 1 : i + 3])
                if (i + 1 < len(forms) and forms[i + 1] in listed("no_of")) or two in listed("no_of"):
                    continue
                # Somebody and a verb between: the denial was of something before.
                k = next(
                    (k for k in range(i + 1, place) if self.roles[k] or forms[k] in _SUBJECT_ONLY), place
                )
                if any(is_finite(w) for w in forms[k + 1 : place]):
                    continue
                return i
            if word == "without":
                if len(after) <= 4:
                    return i
                continue
            if clause.verb < 0 and forms[i + 1 : i + 2] in (("a",), ("an",)) and i + 2 == place:
                # 'Not a peep since': a clause without a verb says that there was none.
                return i
            if i < place and forms[i + 1] in listed("not_negating"):
                continue
            if any(w in presupposing for w in forms[i + 1 : place]):
                continue
            if any(w in ("keeps", "kept", "keep", "continues", "continued") for w in forms[i + 2 : last + 1]):
                continue
            if (
                i + 1 < len(forms)
                and i + 1 == place
                and forms[place] in presupposing
                and forms[place] not in ("speak", "read", "block", "take")
            ):
                continue
            if word == "never" and place + 1 < len(forms) and "same" in forms[i : i + 3]:
                continue
            return i
        return None

    def _denied_after(self, clause: Clause, place: int, last: int) -> tuple[int, int] | None:
        """'Threats: nil', 'any threats denied', 'phone checked for spyware, none found'."""
        end = clause.last
        number = self.number(place)
        # 'She thought he had followed her, which turned out to be a neighbour.'
        while number + 1 < len(self.clauses) and end - last < 8:
            number += 1
            follower = self.clauses[number]
            own = follower.subject >= 0 and self.forms[follower.subject] not in ("it", "that", "which")
            if follower.opens in ("but", "and", "so", "because", ",", "then", "") and own:
                break
            end = follower.last
        tail = self.forms[last + 1 : min(end + 1, last + 15)]
        if not tail:
            return None
        joined = " " + " ".join(tail)
        for m in _after().finditer(joined):
            begin = last + 1 + joined[: m.start()].count(" ")
            between = self.forms[last + 1 : begin]
            follower_word = self.forms[begin + 1 : begin + 2]
            # 'None of the neighbours', 'clear of the wall' say nothing of what was before.
            if m.group().strip() in _ALONE and follower_word and follower_word[0] not in _AFTER_ALONE:
                continue
            if not any(is_finite(w) and w not in listed("be") and w not in _CHECKED for w in between):
                return begin, begin + m.group().count(" ") - 1
        if "denied" in tail[:4] and "by" not in tail and clause.verb < 0:
            i = last + 1 + tail.index("denied")
            return i, i
        if tail[:1] == ("denied",) and "by" not in tail:
            return last + 1, last + 1
        return None

    def _past(self, clause: Clause) -> bool:
        words = self.forms[clause.first : clause.last + 1]
        return (
            any(w in ("previously", "historic", "historically", "historical", "formerly") for w in words)
            or ("used" in words and "to" in words)
            or any(_YEAR.fullmatch(w) for w in words)
            or ("years" in words and "ago" in words)
        )

    def somebody_elses(self, first: int, last: int) -> bool:
        """Tell whether it was done to somebody in another matter: 'assaulted a previous partner'."""
        clause = self.at(self.anchor(first, last))
        joined = " " + " ".join(self.forms[self.anchor(first, last) : clause.last + 1])
        return _elsewhere().search(joined) is not None


_WERE = frozenset({"had", "were", "should"})
_DID = frozenset({"did", "has", "does", "is", "could", "can", "would", "will"})
_NEVER_ASKS = frozenset(
    {"nor", "no", "not", "never", "only", "so", "then", "rarely", "neither", "when", "what", "where", "how"}
)


def _turned(forms: Forms, clause: Clause) -> str:
    """'Had he followed me', 'were he to come': supposed. 'Asking did he hit me': asked."""
    i = clause.subject - 1
    if i < clause.first or clause.verb < clause.subject:
        return ""
    before = forms[clause.first : i]
    if any(w in _NEVER_ASKS for w in before):
        return ""
    if forms[i] in _WERE and not any(is_finite(w) for w in before) and (not before or before[-1] == ","):
        return SUPPOSED
    if forms[i] in _DID and (not before or before[-1] in ("asking", "asked", "asks")):
        return ASKED
    return ""


def _cleft(forms: Forms, before: Clause) -> bool:
    """'It was not Piotr | who cut the tyres'."""
    words = forms[before.first : before.last + 1]
    return (
        words[0] == "it" and any(w in _NOT or w in ("wasnt", "isnt") for w in words[1:4]) and len(words) < 7
    )


def _moods(forms: Forms, roles: tuple[str, ...], drafts: list[Clause], asks: bool) -> Iterator[Clause]:
    done: list[Clause] = []
    conditional = any(c.opens in _CONDITIONS for c in drafts)
    for number, clause in enumerate(drafts):
        mood, speaker = ASSERTED, "writer"
        words = forms[clause.first : clause.last + 1]
        if clause.opens in _CONDITIONS or " ".join(words[:2]) in ("what if",):
            mood = SUPPOSED
        elif clause.opens == "whether":
            mood = ASKED
        elif (
            conditional
            and clause.opens not in ("because", "and", "but")
            and clause.inside < 0
            and any(w in ("would", "could", "might", "should", "may", "will") for w in words[:5])
        ):
            neighbours = (done[number - 1 : number] if number else []) + drafts[number + 1 : number + 2]
            if any(c.opens in _CONDITIONS for c in neighbours):
                mood = SUPPOSED
        if asks and mood == ASSERTED and clause.inside < 0 and words[0] in _ASKING:
            mood = ASKED
        if number and mood == ASSERTED and clause.inside < 0 and clause.opens in ("", "that", "he", "she"):
            # 'Supposing | he turned up'.
            found = _governed(forms, done[number - 1].first, clause.first)
            if found is not None and clause.first - found[2] <= 1:
                mood = found[0]
        if mood == ASSERTED and (turned := _turned(forms, clause)):
            mood = turned
        if (
            mood == ASSERTED
            and clause.opens in ("who", "that")
            and number
            and _cleft(forms, done[number - 1])
        ):
            mood = DENIED
        if clause.inside >= 0:
            parent = done[clause.inside]
            speaker = parent.doer or parent.speaker
            if parent.mood != ASSERTED:
                mood = parent.mood
            elif (found := _governed(forms, parent.first, clause.first)) is not None and clause.first - found[
                2
            ] <= 4:
                mood = found[0]
            elif any(
                forms[k] in _CLAIMING for k in range(max(parent.first, clause.first - 2), clause.first)
            ) and any(
                forms[k] in listed("negators") or forms[k : k + 2] == ("no", "longer")
                for k in range(parent.first, clause.first)
            ):
                mood = DISBELIEVED
            else:
                telling = forms[max(parent.first, clause.first - 4) : clause.first]
                if any(w in _FEARS for w in telling) and any(w in _FUTURE for w in words):
                    mood = SUPPOSED
                elif any(w in ("asked", "asks") for w in telling):
                    mood = ASKED
        elif (
            number and clause.subject == -1 and clause.opens in ("or", "nor", ",", "and") and mood == ASSERTED
        ):
            before = done[number - 1]
            chained = clause.opens in ("or", "nor") or (
                number + 1 < len(drafts)
                and drafts[number + 1].opens in ("or", "nor")
                and drafts[number + 1].subject == -1
            )
            if chained:
                if before.mood != ASSERTED:
                    mood = before.mood
                elif any(
                    w in listed("negators")
                    for w in forms[before.first : (before.verb if before.verb >= 0 else before.last) + 1]
                ):
                    mood = DENIED
        yielded = clause._replace(mood=mood, speaker=speaker)
        done.append(yielded)
        yield yielded


def parse(
    forms: Forms, roles: tuple[str, ...] | None = None, marks: Forms = (), *, asks: bool = False
) -> Sentence:
    """Part a sentence into clauses.

    Args:
        forms: its words in normal form, at least one.
        roles: who each stands for (:data:`VICTIM` and so on, '' for nobody); :func:`roles_of` when left out.
        marks: the mark before each word, '' for none: a quotation mark, a semicolon, a stroke; () for none.
        asks: it ends with a question mark.
    """
    return _parsed(forms, roles if roles is not None else roles_of(forms), marks, asks)


def _last(roles: tuple[str, ...], clause: Clause) -> str:
    return next((roles[i] for i in range(clause.last, clause.first - 1, -1) if roles[i]), NOBODY)


def _carried(drafts: list[Clause], forms: Forms, roles: tuple[str, ...], *, told: bool) -> str:
    """Who does what 'and' joins on: the doer of the clause before, where it is not itself told beside another
    of somebody else ('the man comes into the shop where she works and stands there')."""
    before = drafts[-1]
    # 'Pt states ex of three months, also M, squeezed': the subject is what the verb of telling told of.
    if before.verb < 0 or (told and forms[before.verb] in listed("telling")):
        return _last(roles, before) or before.doer
    doer = before.doer if not before.passive else before.done_to
    if before.opens in listed("opening") and before.opens != "who" and len(drafts) > 1:
        main = drafts[-2]
        return doer if (main.doer or doer) == doer else NOBODY
    return doer


@lru_cache(maxsize=50_000)
def _parsed(forms: Forms, roles: tuple[str, ...], marks: Forms, asks: bool) -> Sentence:
    starts = _starts(forms, roles, marks)
    drafts: list[Clause] = []
    for number, (first, opens, content) in enumerate(starts):
        last = starts[number + 1][0] - 1 if number + 1 < len(starts) else len(forms) - 1
        verb, subject, passive, who = _parts(forms, roles, first, last)
        object_ = _object(forms, roles, verb if verb >= 0 else first, last)
        doer, done_to = who, object_
        if passive or subject == -2:
            doer = (
                _agent(forms, roles, max(verb, first), last)
                if passive or forms[verb].endswith("ed")
                else NOBODY
            )
            done_to = who or object_
        elif subject >= 0 and forms[subject] == "who" and number:
            doer = next((roles[i] for i in range(first - 1, -1, -1) if roles[i]), NOBODY)
        elif subject == -1 and number and opens == _GOES_ON:
            doer = drafts[-1].doer
        elif subject == -1 and number and opens == ")":
            # After what stands in brackets, whoever was there before them.
            doer = next((c.doer or _last(roles, c) for c in reversed(drafts) if c.opens != "("), NOBODY)
        elif subject == -1 and number and opens in listed("joining"):
            doer = _carried(drafts, forms, roles, told=opens == ",")
            # 'I was spat at and called a dog': what was done to somebody goes on.
            if drafts[-1].passive and forms[verb : verb + 2] in (("called", "a"), ("called", "an")):
                doer, done_to, passive = drafts[-1].doer, drafts[-1].done_to, True
        inside = number - 1 if content and number else -1
        drafts.append(
            Clause(first, last, verb, subject, doer, done_to, "writer", ASSERTED, opens, inside, passive)
        )
    return Sentence(forms, roles, tuple(_moods(forms, roles, drafts, asks)), asks)
