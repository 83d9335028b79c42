"""The little grammar the coder needs: negation, who did it to whom, by which channel, how often.

Works on a sentence in normal form (a tuple of tokens, victims as 'victim',
the suspect as 'suspect', other names as 'name_', numbers as 'NN').
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from lamplighter.courses.coding import clauses
from lamplighter.courses.coding.lexicon_store import lexicon, listed
from lamplighter.courses.coding.severity import THREATS

_NEGATORS = listed("negators")
_NOT_NEGATING = listed("not_negating")
_NEGATION_REACH = 4
_CLAUSE_BREAKS = frozenset({",", "but", "however", "although", "though", "then", "because", "so", "when"})
_GOES_ON = frozenset({"keeps", "kept", "keep", "continues", "continued"})
_AUXILIARIES = listed("auxiliaries")
_BE = listed("be")
_RECEIVE = listed("receiving")
_SUBJECTS = listed("subjects")
_ADMITTING = listed("admitting")
_OFFICIALS = listed("officials")
_PREPOSITIONS = listed("prepositions")
_SAYING = listed("saying")
# What officers also do; an officer who is stalked is a victim, and is called so.
_OFFICIAL_ACTS = frozenset(
    {
        *("unwanted_contact", "approach", "contact_via_others", "loitering", "break_in", "monitoring"),
        *("unwanted_gift", "account_access", "watching", "tracking", "following", "interference"),
    }
)
_CHANNEL_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("payment", ("payment", "payments", "paypal", "monzo")),
    ("email", ("email_noun", "email_verb")),
    ("device", ("tracker", "airtag", "spyware")),
    ("text_message", ("text_noun",)),
    ("phone", ("call_noun", "call_verb")),
    ("social_media", ("platform",)),
    ("letter", ("letter", "letters", "note", "card", "postcard")),
    ("text_message", ("message_noun", "message", "messages", "messaged", "messaging")),
    ("in_person", ("home", "workplace", "face", "street")),
)


@cache
def _channel_sets() -> tuple[tuple[str, frozenset[str]], ...]:
    lex = lexicon()
    out = []
    for channel_code, words in _CHANNEL_WORDS:
        found: set[str] = set()
        for w in words:
            found.update(lex.single_words[w] if w in lex.terms else {w})
        out.append((channel_code, frozenset(found)))
    return tuple(out)


@cache
def _hidden_words() -> tuple[tuple[str, ...], ...]:
    lex = lexicon()
    members = [*lex.terms["hidden_sender"], *lex.terms["anyone"]]
    return tuple(tuple(m.split()) for m in members)


def negated(forms: tuple[str, ...], first: int, last: int) -> bool:
    """Tell whether a negator stands before the match in the same clause, or the sentence ends in 'none'."""
    for i in range(first - 1, max(-1, first - 1 - _NEGATION_REACH), -1):
        if forms[i] in _CLAUSE_BREAKS:
            break
        if _denies(forms, i) and not _goes_on(forms, i, last):
            return True
    inside = range(first, min(last, first + 3))
    if (
        any(_denies(forms, i) and i > first and not _goes_on(forms, i, last) for i in inside)
        and forms[first] not in _NEGATORS
    ):
        return True
    tail = forms[last + 1 : last + 5]
    return "nil" in tail or "none" in tail or ("denied" in tail and "by" not in tail)


def _goes_on(forms: tuple[str, ...], denial: int, last: int) -> bool:
    """'A man she has never met keeps writing': what goes on after the denial is not denied.

    'He denies that he keeps writing' is."""
    if forms[denial].startswith("den"):
        return False
    return any(w in _GOES_ON for w in forms[denial + 2 : last + 1])


def _denies(forms: tuple[str, ...], i: int) -> bool:
    if forms[i] not in _NEGATORS:
        return False
    follower = forms[i + 1] if i + 1 < len(forms) else ""
    return follower not in _NOT_NEGATING


def direction(parsed: clauses.Sentence, first: int, last: int, behaviour: str) -> str:
    """'to_victim' unless the grammar says that the victim did it, both did, or it was done to another."""
    forms = parsed.forms
    match = forms[first : last + 1]
    if behaviour == "quarrel" or any(w in match for w in ("mutual", "both")):
        return "mutual"
    if behaviour != "breach" and (told := _by_clause(parsed, first, last, behaviour)):
        return told
    clause = parsed.at(parsed.anchor(first, last))
    by_another = clause.passive and clause.doer in (clauses.SUSPECT, clauses.OTHER)
    if by_another and clause.done_to == clauses.VICTIM:
        return "to_victim"
    # The victim stands directly before an active verb and somebody else is the object.
    i = first
    if match and match[0] == "victim":
        i = first + 1
    if _owned_up(forms, i):
        return "by_victim"
    j = i - 1
    while j >= 0 and forms[j] in _AUXILIARIES:
        j -= 1
    # A form filled in online says 'I'.
    if j < 0 or forms[j] not in ("victim", "i") or parsed.roles[j] != clauses.VICTIM:
        return "to_victim"
    if behaviour == "breach":
        return "to_victim"
    if _done_to(forms, j):
        return "to_victim"
    between = forms[j + 1 : i]
    verb = forms[i] if i < len(forms) else ""
    # 'IP's SIM', 'IP has an order': what the victim has is not what the victim does.
    if (
        not _is_verb(verb)
        or verb in _RECEIVE
        or any(w in _RECEIVE for w in between if w not in ("has", "had", "have"))
    ):
        return "to_victim"
    passive = any(b in _BE for b in between) and not verb.endswith("ing")
    if passive or verb in _BE:
        return "to_victim"
    after = forms[i + 1 : i + 7]
    object_is_other = any(w in ("suspect", "name_") for w in after) or any(
        w in ("him", "her", "them", "himself", "herself") for w in after[:3]
    )
    return "by_victim" if object_is_other else "to_victim"


def _by_clause(parsed: clauses.Sentence, first: int, last: int, behaviour: str) -> str:
    """'by_victim' where the victim does what the clause tells to another, 'to_other' where it is done to the
    suspect or to somebody in another matter; '' where the clause does not say."""
    place = parsed.anchor(first, last)
    clause = parsed.at(place)
    if clause.verb < 0:
        return ""
    verb = parsed.forms[clause.verb]
    if parsed.somebody_elses(first, last) or (
        clause.done_to == clauses.ELSEWHERE and clause.doer in (clauses.SUSPECT, clauses.NOBODY)
    ):
        return "to_other"
    if _confessed(parsed, clause, place) or _to_oneself(parsed, clause, place):
        return "by_victim"
    unnamed = clause.subject == -1 and not clause.doer and not clause.passive
    told_or_got = verb in _SAYING or verb in _RECEIVE
    if unnamed and clause.done_to == clauses.SUSPECT and place == clause.verb and not told_or_got:
        # 'Spat at him, would do it again': whoever leaves the subject out is not the one whom it was done to.
        own = parsed.forms[clause.verb + 1 : last + 3]
        return "by_victim" if any(w in ("him", "his", "suspect") for w in own) else ""
    if clause.doer == clauses.OTHER and clause.done_to == clauses.SUSPECT and place >= clause.verb:
        # 'Her mum rang him': somebody near her, who is said to be hers.
        hers = clause.subject > 0 and parsed.roles[clause.subject - 1] == clauses.VICTIM
        told = verb in _RECEIVE or verb in _SAYING or "from" in parsed.forms[clause.verb : last + 3]
        return "to_other" if hers and not told else ""
    if clause.passive and clause.doer == clauses.VICTIM and clause.done_to == clauses.SUSPECT:
        # 'SUSP was slapped by IP'.
        named = "victim" in parsed.forms[clause.verb : clause.last + 1]
        return "by_victim" if named and place >= clause.verb else ""
    if clause.doer != clauses.VICTIM or clause.passive or place < clause.verb:
        return ""
    if clause.verb < place and _of_another(parsed, clause.verb, place):
        return "to_victim"
    # What the words go on to is somebody else's doing, or it was done to the victim.
    further = parsed.at(last)
    if further is not clause and further.doer not in (clauses.VICTIM, clauses.NOBODY):
        return "to_victim"
    if clause.verb < clause.last and _is_object(parsed.forms, clause.verb + 1, clause.last):
        return ""
    # 'I told him that I would break his arms', 'she called him a waste of space'.
    to_him = clause.done_to == clauses.SUSPECT and parsed.forms[clause.verb + 1] in ("him", "suspect", "to")
    if (
        behaviour in _WORDS
        and verb in ("told", "tells", "said", "says", "called", "text", "texted")
        and to_him
    ):
        return "by_victim"
    # 'She went to his flat and banged on the door': she goes on with what she does.
    if clause.opens == "and" and clause.subject == -1 and not clause.done_to and place == clause.verb:
        before = parsed.clauses[parsed.number(place) - 1]
        if before.doer == clauses.VICTIM and before.done_to == clauses.SUSPECT and not before.passive:
            return "by_victim" if parsed.forms[before.verb] not in _RECEIVE | _SAYING else ""
    if (
        verb in _RECEIVE
        or verb in _SAYING
        or verb in _BE
        or any(w in _RECEIVE for w in parsed.forms[clause.verb : place])
    ):
        return ""
    if clause.done_to == clauses.SUSPECT and _object_follows(parsed, clause.verb + 1, last, clause.last):
        return "by_victim"
    # 'I rang his mum': somebody near the suspect, said to be his.
    of_his = clause.done_to == clauses.OTHER and any(
        parsed.roles[k] == clauses.SUSPECT and parsed.roles[k + 1] == clauses.OTHER
        for k in range(clause.verb + 1, clause.last)
    )
    if of_his:
        return "by_victim"
    # What she is called by a label or by herself is sure; whom a pronoun means is not.
    sure = clause.subject >= 0 and parsed.forms[clause.subject] in ("victim", "i")
    return "by_victim" if sure and place == clause.verb and not clause.done_to else ""


_WORDS = THREATS | {"abuse", "false_allegations"}
_CONFESSING = frozenset(
    {"admits", "admitted", "admitting", "accepts", "accepted", "concedes", "conceded"}
    | {"confesses", "confessed", "acknowledges", "acknowledged", "volunteered", "volunteers", "regrets"}
)  # fmt: skip


def _confessed(parsed: clauses.Sentence, clause: clauses.Clause, place: int) -> bool:
    """'Admits she put his photos round', 'victim accepts having withheld his card': her own doing."""
    for k in range(place - 1, -1, -1):
        if parsed.forms[k] not in _CONFESSING:
            continue
        j = k - 1
        while j >= 0 and (parsed.forms[j] in _AUXILIARIES or parsed.forms[j].endswith("ly")):
            j -= 1
        hers = j < 0 or parsed.roles[j] == clauses.VICTIM
        between = parsed.roles[k + 1 : place]
        return hers and clause.doer != clauses.SUSPECT and clauses.SUSPECT not in between[:2]
    return False


def _to_oneself(parsed: clauses.Sentence, clause: clauses.Clause, place: int) -> bool:
    """'I climbed in my own window', 'she ordered herself a taxi'."""
    after = parsed.forms[clause.verb + 1 : clause.verb + 6]
    mine = any(a in ("my", "her", "his") and b == "own" for a, b in pairwise(after)) or "myself" in after
    return clause.doer == clauses.VICTIM and place == clause.verb and not clause.passive and mine


_ABOUT = frozenset({"for", "of", "about", "from", "after", "over", "against", "by"})


def _of_another(parsed: clauses.Sentence, verb: int, place: int) -> bool:
    """'Woke to SUSP slapping her', 'accused him of following her': between the victim's verb and what is done
    stands who does it."""
    between = parsed.forms[verb + 1 : place]
    if any(w in _ABOUT for w in between):
        return True
    k = place - 1
    while k > verb and (parsed.forms[k] in _AUXILIARIES or parsed.forms[k].endswith("ly")):
        k -= 1
    another = parsed.roles[k] in (clauses.SUSPECT, clauses.OTHER)
    return k > verb and another and parsed.forms[place].endswith("ing")


def _is_object(forms: tuple[str, ...], i: int, end: int) -> bool:
    """Tell whether the victim stands here as whom it is done to, and not as whose the next thing is."""
    return forms[i] in ("me", "us", "victim") or (
        forms[i] == "her" and (i == end or forms[i + 1] in _PREPOSITIONS or forms[i + 1] in ("a", "the", ","))
    )


def _object_follows(parsed: clauses.Sentence, place: int, last: int, end: int) -> bool:
    """Tell whether the suspect or what is the suspect's stands within the words or right after them."""
    return any(r in (clauses.SUSPECT, clauses.OTHER) for r in parsed.roles[place : min(end, last + 4) + 1])


def _done_to(forms: tuple[str, ...], i: int) -> bool:
    """Tell whether the one named here is who the verb before was done to.

    'Ex rang IP and threatened to hurt her', 'suspect waited for victim then grabbed her': what follows has
    the subject of the first verb. A verb of saying is none: 'suspect said victim slapped him'.
    """
    before = forms[i - 1] if i > 0 else ""
    return before in _PREPOSITIONS or (_is_verb(before) and before not in _BE and before not in _SAYING)


def _owned_up(forms: tuple[str, ...], verb: int) -> bool:
    """'Victim admitted slapping suspect', 'victim accepts she pushed him first'."""
    j = verb - 1
    if j >= 1 and forms[j] in ("he", "she", "they", "to", "having", "that"):
        j -= 1
    if j >= 1 and forms[j] == "that":
        j -= 1
    return j >= 1 and forms[j] in _ADMITTING and forms[j] not in _AUXILIARIES and forms[j - 1] == "victim"


def by_official(parsed: clauses.Sentence, first: int, last: int, behaviour: str) -> bool:
    """Tell whether officers or helpers did it: 'officers tried to contact suspect', 'police attended'."""
    if behaviour not in _OFFICIAL_ACTS:
        return False
    forms = parsed.forms
    clause = parsed.at(parsed.anchor(first, last))
    theirs = clause.doer == clauses.OFFICIAL and not clause.passive and clause.subject != -2
    if theirs and parsed.roles[first] != clauses.VICTIM:
        return True
    i = first
    while i <= last and forms[i] in _OFFICIALS:
        i += 1
    if i > first:
        return True
    j = first - 1
    while j >= 0 and (forms[j] in _AUXILIARIES or forms[j] in ("to", "tried", "trying", "attempted", "and")):
        j -= 1
    return (
        j >= 0
        and forms[j] in _OFFICIALS
        and (
            j == 0
            or forms[j - 1]
            not in ("told", "the", "to", "by", "from", "called", "rang", "phoned", "contacted")
        )
    )


_WHEN = frozenset(
    {"when", "whenever", "while", "whilst", "until", "till", "before", "after", "because", "as", "so"}
    | {"since", "once"}
)


def turned_to_by_another(parsed: clauses.Sentence, first: int, last: int, behaviour: str) -> bool:
    """Tell whether it was somebody else who told an authority: 'he drove off when she rang police'."""
    if behaviour != "false_allegations":
        return False
    clause, further = parsed.at(parsed.anchor(first, last)), parsed.at(last)
    if further is clause or further.opens not in _WHEN or further.inside >= 0:
        return False
    if not first <= further.subject <= last or clause.subject < 0:
        return False
    return parsed.forms[further.subject] != parsed.forms[clause.subject] and (
        parsed.roles[further.subject] != clauses.SUSPECT or parsed.roles[clause.subject] != clauses.SUSPECT
    )


@cache
def _verbs() -> frozenset[str]:
    lex = lexicon()
    return frozenset().union(*(lex.single_words[t] for t in lex.terms if t.endswith("_verb")))


def _is_verb(word: str) -> bool:
    return word.endswith(("ed", "ing")) or word in _verbs() or word in _BE


def actor(forms: tuple[str, ...], first: int, last: int) -> str:
    """'self' where the suspect is named or is the subject; 'unknown' where the words hide who."""
    before = forms[: first + 1]
    if any(w in _SUBJECTS for w in before[-6:]) and not (before[-1] in ("he", "she") and _hidden(forms)):
        return "self"
    if "suspect" in forms or "ex" in forms or "name_" in forms:
        return "self"
    return "unknown"


def _hidden(forms: tuple[str, ...]) -> bool:
    joined = " " + " ".join(forms) + " "
    return any(f" {' '.join(h)} " in joined for h in _hidden_words())


def channel(forms: tuple[str, ...], first: int, last: int, elsewhere: str | None = None) -> str:
    """The channel the match names, else that of another act in its sentence, else what the sentence names."""
    # 'calling her names' is not a telephone call.
    names_called = "names" in forms
    for part in (forms[first : last + 1], forms):
        words = set(part)
        for channel_code, members in _channel_sets():
            if words & members and not (channel_code == "phone" and names_called):
                return channel_code
        if elsewhere:
            return elsewhere
    return "not_known"


_COUNTED = listed("counted")
_NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
    "hundreds": 200, "dozens": 24, "dozen": 12, "once": 1, "twice": 2,
}  # fmt: skip


def quantity(forms: tuple[str, ...], counts: tuple[int, ...], first: int, last: int) -> int | None:
    """The number that counts something in the sentence: '20 times a day' gives 20."""
    for i, form in enumerate(forms):
        n = counts[i] or _NUMBER_WORDS.get(form, 0)
        if n and any(w in _COUNTED for w in forms[i + 1 : i + 4]):
            return n
        if form in ("once", "twice"):
            return n
    return None
