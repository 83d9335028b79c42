"""Wording is neutral as to sex: victims and suspects are of every one, and "she" sends half of them away."""

from __future__ import annotations

from tests.unit.hub.words.screen import everything, plain
from tests.unit.hub.words.test_words import said

GENDERED = ("she", "her", "hers", "herself", "he", "his", "him", "himself")
# What reads the words of others must know these words; nobody is shown them.
READS_OTHERS = ("courses/", "linkage/", "linkage_tables/", "records/")
# Still to be mended: a list that only gets shorter.
LEFT: tuple[str, ...] = ()


def gendered(text: str) -> list[str]:
    read = plain(text)
    return [word for word in GENDERED if said(word, "word", read)]


def test_no_wording_of_the_hub_takes_a_victim_or_a_suspect_for_a_woman_or_a_man() -> None:
    found = [
        f"{piece.file}:{piece.line}: {word} in “{piece.text}”"
        for piece in everything()
        if not piece.file.startswith((*READS_OTHERS, *LEFT))
        for word in gendered(piece.text)
    ]
    assert found == []


def test_what_is_left_is_still_to_be_mended() -> None:
    files = {piece.file for piece in everything() if piece.file in LEFT and gendered(piece.text)}
    assert set(LEFT) <= files, "It is mended: take it from the list."


def test_the_reader_finds_a_word_and_not_a_part_of_one() -> None:
    assert gendered("Where she lives, and her phone") == ["she", "her"]
    assert gendered("Another theme: this history of the others") == []
