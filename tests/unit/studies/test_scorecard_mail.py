"""Changes by e-mail: what was asked for, once, in plain text, and no address where it does not belong."""

import csv
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.studies.scorecard.folder import ScorecardError
from lamplighter.studies.scorecard.mail import ledger as ledger_file
from lamplighter.studies.scorecard.mail.letters import MOST_TOLD, SUBJECT
from lamplighter.studies.scorecard.mail.sending import PASSWORD, NotSent, Outcome, send
from lamplighter.studies.scorecard.mail.subscribers import read_post, read_subscribers
from tests.integration.notices import servers

ANN, BEN = "ann@example.org", "ben@mail.example"
SUBSCRIBERS = f"""[[subscriber]]
address = "{ANN}"
topics = ["force:north_yorkshire", "measure:charged", "register"]
since = 2026-11-01

[[subscriber]]
address = "{BEN}"
topics = ["everything"]
since = 2026-11-15
"""
POST = """sender = "scorecard@publisher.example"
sender_name = "A publisher"
stop = "stop@publisher.example"
site = "https://scorecard.example.org"
"""
COLUMNS = ("id", "on", "file", "row", "column", "what", "was", "now", "page")
CHANGES = (
    ("c1", "2026-11-30", "figures", "charged.north_yorkshire.2018-19", "counted", "North Yorkshire, Charged or summonsed, 2018/19: counted", "21", "24", "forces/north_yorkshire.html"),  # noqa: E501 - a row as it stands
    ("c2", "2026-11-30", "figures", "open.all.2018-19", "value", "All forces together, No outcome yet, 2018/19: value", "5.4", "5.1", "index.html"),  # noqa: E501 - a row as it stands
    ("c3", "2026-11-20", "recommendations", "sc-01", "verdict", "Recommendation 1: verdict", "open", "lapsed", "register/sc-01.html"),  # noqa: E501 - a row as it stands
    ("c4", "2026-11-10", "figures", "charged.kent.2018-19", "counted", "Kent, Charged or summonsed, 2018/19: counted", "80", "81", "forces/kent.html"),  # noqa: E501 - a row as it stands
)  # fmt: skip


def table(place: Path, name: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with (place / "data" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    place = tmp_path / "site"
    (place / "data").mkdir(parents=True)
    about = [("title", "Stalking scorecard"), ("publisher", "A publisher"), ("contact", "write@p.example")]
    table(place, "about", ("id", "words"), about)
    measures = [("charged", "Charged or summonsed"), ("open", "No outcome yet")]
    table(place, "measures", ("id", "title"), measures)
    figures = [(c[3], *c[3].split(".")[:2]) for c in CHANGES if c[2] == "figures"]
    table(place, "figures", ("id", "measure", "force"), figures)
    changed(place, *CHANGES)
    return place


def changed(site: Path, *rows: tuple[str, ...]) -> None:
    table(site, "changes", COLUMNS, [(r[0], r[1], f"data/{r[2]}.csv", *r[3:]) for r in rows])


@pytest.fixture
def private(tmp_path: Path) -> Path:
    place = tmp_path / "private"
    place.mkdir()
    (place / "subscribers.toml").write_text(SUBSCRIBERS, "utf-8")
    (place / "mail.toml").write_text(POST, "utf-8")
    return place


def run(site: Path, private: Path, *, out: bool = True, since: dt.date | None = None) -> Outcome:
    return send(
        site,
        private / "subscribers.toml",
        private / "mail.toml",
        private / "ledger",
        out=private / "out" if out else None,
        since=since,
    )


def letters(private: Path) -> list[EmailMessage]:
    return [
        message_from_bytes(p.read_bytes(), policy=policy.default)
        for p in sorted((private / "out").glob("*.eml"))
    ]


def of(private: Path, topic: str) -> str:
    found = [m.get_content() for m in letters(private) if f"about: {topic}." in m.get_content()]
    assert len(found) == 1, topic
    return str(found[0])


def test_each_topic_is_told_in_a_message_of_its_own_with_what_was_and_what_is(
    site: Path, private: Path
) -> None:
    assert run(site, private) == Outcome(sent=4, refused=0, unknown=0, subscribers=2)
    force = of(private, "North Yorkshire")
    assert "One thing has changed." in force
    assert "1. North Yorkshire, Charged or summonsed, 2018/19: counted" in force
    assert "It was 21. It is 24. Since 30 November 2026." in force
    assert "https://scorecard.example.org/forces/north_yorkshire.html" in force
    assert "Kent" not in force
    measure = of(private, "Charged or summonsed")
    assert measure.index("Kent") < measure.index("North Yorkshire")  # the oldest first
    assert "No outcome yet" not in measure
    assert "Recommendation 1: verdict" in of(private, "the register of recommendations")
    everything = of(private, "everything on the site")
    # Ben asked on 15 November: what changed before is not told.
    assert "Kent" not in everything
    assert "3 things have changed." in everything


def test_a_figure_is_rounded_as_on_its_page_and_days_that_pass_are_no_change(
    site: Path, private: Path
) -> None:
    value = ("v1", *CHANGES[0][1:6], "5.9908", "11.5207", CHANGES[0][8])
    count = ("v2", *CHANGES[0][1:6], "2677", "12689", CHANGES[0][8])
    days = (
        "v3",
        *CHANGES[2][1:4],
        "days_since_due",
        "Recommendation 1: days since due",
        "613",
        "615",
        "register.html",
    )
    changed(site, value, count, days)
    assert run(site, private).sent == 3
    force = of(private, "North Yorkshire")
    assert "It was 6.0. It is 11.5." in force
    assert "It was 2,677. It is 12,689." in force
    assert "days since due" not in of(private, "everything on the site")


def test_every_message_says_how_to_stop_is_plain_text_and_carries_nothing_that_is_tracked(
    site: Path, private: Path
) -> None:
    run(site, private)
    made = letters(private)
    assert len({m["Message-ID"] for m in made}) == 4
    for message in made:
        text = message.get_content()
        assert message.get_content_type() == "text/plain"
        assert not message.is_multipart()
        assert "To stop these messages, write STOP to stop@publisher.example" in text
        assert message["List-Unsubscribe"] == "<mailto:stop@publisher.example?subject=STOP>"
        assert message["Auto-Submitted"] == "auto-generated"
        # Links lead to the site as it is, with no code in them.
        for link in re.findall(r"https?://\S+", text):
            assert re.fullmatch(r"https://scorecard\.example\.org/[a-z0-9/_.-]+\.html", link)
        # The subject and the sender say nothing of what was asked for.
        assert message["Subject"] == SUBJECT
        for word in ("talking", "Yorkshire", "harged", "ecommendation"):
            assert word not in f"{message['Subject']} {message['From']}"
        assert ANN not in text
        assert BEN not in text


def test_no_change_is_told_twice_and_a_new_one_is_told_by_itself(site: Path, private: Path) -> None:
    run(site, private)
    assert run(site, private).sent == 0
    later = ("c5", "2026-12-01", *CHANGES[0][2:6], "24", "25", CHANGES[0][8])
    changed(site, later, *CHANGES)
    for old in (private / "out").glob("*.eml"):
        old.unlink()
    assert run(site, private).sent == 3
    force = of(private, "North Yorkshire")
    assert "It was 24. It is 25." in force
    assert "It was 21." not in force


def test_since_leaves_out_what_changed_before(site: Path, private: Path) -> None:
    assert run(site, private, since=dt.date(2026, 11, 25)).sent == 3
    assert "Kent" not in of(private, "Charged or summonsed")


def test_an_address_is_in_no_name_no_ledger_no_printed_line_and_never_on_the_site(
    site: Path, private: Path
) -> None:
    words = ["scorecard", "mail", str(site), "--to", str(private / "subscribers.toml")]
    words += ["--settings", str(private / "mail.toml"), "--ledger", str(private / "ledger")]
    done = CliRunner().invoke(app, [*words, "--out", str(private / "out")])
    assert done.exit_code == 0, done.output
    assert "4 messages written, 0 refused; 2 subscribers." in done.output
    kept = (private / "ledger").read_text("utf-8") + done.output
    kept += "".join(p.name for p in private.rglob("*"))
    kept += "".join(p.read_text("utf-8") for p in site.rglob("*.csv"))
    for word in (ANN, BEN, "ann", "mail.example"):
        assert word not in kept.replace("channel", "")
    for path in (private / "ledger", private / "ledger.key", *private.glob("out/*.eml")):
        assert path.stat().st_mode & 0o077 == 0
    assert ANN not in repr(read_subscribers(private / "subscribers.toml"))
    # The same address gives another mark under another key.
    first = (private / "ledger").read_text("utf-8")
    (private / "ledger").unlink()
    (private / "ledger.key").unlink()
    run(site, private)
    assert not set(re.findall(r"[0-9a-f]{64}", first)) & set(
        re.findall(r"[0-9a-f]{64}", (private / "ledger").read_text("utf-8"))
    )


def test_files_with_addresses_are_refused_a_place_in_the_site(site: Path, private: Path) -> None:
    inside = site / "subscribers.toml"
    inside.write_text(SUBSCRIBERS, "utf-8")
    ways = (
        (inside, private / "ledger", private / "out"),
        (private / "subscribers.toml", site / "ledger", private / "out"),
        (private / "subscribers.toml", private / "ledger", site / "out"),
    )
    for to, book, out in ways:
        with pytest.raises(ScorecardError, match="It lies in the site, which is public"):
            send(site, to, private / "mail.toml", book, out=out)
    assert not (private / "ledger").exists()


WRONG = {
    "no address": (ANN, "ann at example.org", "[[subscriber]] 1"),
    "two lines": (ANN, "ann@example.org\\nBcc: x@example.org", "[[subscriber]] 1"),
    "a list": (ANN, "ann@example.org, ben@mail.example", "[[subscriber]] 1"),
    "twice": (BEN, ANN.upper(), "[[subscriber]] 2"),
    "no such force": ("force:north_yorkshire", "force:north_yorkshir", "force:north_yorkshir"),
    "no topic": ('topics = ["everything"]', "topics = []", "topics"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_in_the_subscribers_names_the_row_and_never_the_address(case: str, private: Path) -> None:
    old, new, told = WRONG[case]
    path = private / "subscribers.toml"
    path.write_text(SUBSCRIBERS.replace(old, new), "utf-8")
    with pytest.raises(ScorecardError) as refused:
        read_subscribers(path)
    assert told in str(refused.value)
    assert "@" not in str(refused.value).replace("name@example.org", "")


def test_the_settings_are_checked(private: Path) -> None:
    path = private / "mail.toml"
    for old, new, told in (
        ("https://scorecard.example.org", "https://s.example.org/?u=1", "site"),
        ("stop@publisher.example", "stop", "stop"),
        ('sender_name = "A publisher"', "port = 70000", "port"),
    ):
        path.write_text(POST.replace(old, new), "utf-8")
        with pytest.raises(ScorecardError, match=told):
            read_post(path)


@pytest.fixture
def mail_server(private: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Post]:
    found = servers.certificate(tmp_path)
    with servers.mail_server(found) as post:
        more = f'host = "localhost"\nport = {post.port}\nuser = "{servers.USER}"\n'
        (private / "mail.toml").write_text(f'{POST}{more}authority = "{found.authority}"\n', "utf-8")
        monkeypatch.setenv(PASSWORD, servers.PASSWORD)
        yield post


def test_messages_go_through_a_mail_server_over_tls_and_once(
    site: Path, private: Path, mail_server: servers.Post
) -> None:
    assert run(site, private, out=False) == Outcome(4, 0, 0, 2)
    assert sorted(mail_server.to) == [ANN, ANN, ANN, BEN]
    assert all(mail_server.tls)
    # The server is not told what this machine is called.
    assert set(mail_server.greeted) == {"publisher.example"}
    assert {m["Subject"] for _, m in mail_server.took} == {SUBJECT}
    assert run(site, private, out=False).sent == 0
    assert len(mail_server.took) == 4


def test_what_a_server_refuses_is_tried_again_and_the_others_are_sent(
    site: Path, private: Path, mail_server: servers.Post
) -> None:
    mail_server.refuses[ANN] = 450
    assert run(site, private, out=False) == Outcome(1, 3, 0, 2)
    assert mail_server.to == [BEN]
    mail_server.refuses.clear()
    assert run(site, private, out=False) == Outcome(3, 0, 0, 2)
    assert sorted(mail_server.to) == [ANN, ANN, ANN, BEN]


def test_a_server_that_cannot_be_used_says_so_and_nothing_counts_as_sent(
    site: Path, private: Path, mail_server: servers.Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "another")
    with pytest.raises(NotSent, match="does not take the user name and password"):
        run(site, private, out=False)
    monkeypatch.setenv(PASSWORD, servers.PASSWORD)
    mail_server.offers_tls = False
    with pytest.raises(NotSent, match="cannot be reached safely"):
        run(site, private, out=False)
    mail_server.offers_tls = True
    assert run(site, private, out=False) == Outcome(4, 0, 0, 2)


def test_a_run_that_is_cut_off_sends_nothing_twice_and_the_next_says_what_is_not_known(
    site: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = ledger_file.Ledger.write

    def cut_off(
        book: ledger_file.Ledger, state: str, address: str, topic: str, changes: Sequence[str]
    ) -> None:
        if state == ledger_file.SENT and topic == "measure:charged":
            raise KeyboardInterrupt
        write(book, state, address, topic, changes)

    with monkeypatch.context() as patched:
        patched.setattr(ledger_file.Ledger, "write", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run(site, private)
    assert len(letters(private)) == 2
    assert run(site, private) == Outcome(sent=2, refused=0, unknown=1, subscribers=2)
    assert len(letters(private)) == 4
    # A line that was cut off in the midst of writing stands for a message that had not left.
    book = private / "ledger"
    whole = book.read_text("utf-8")
    book.write_text(whole + '{"state": "beg', "utf-8")
    assert run(site, private).sent == 0
    assert book.read_text("utf-8") == whole
    book.write_text("not a line\n" + whole, "utf-8")
    with pytest.raises(ScorecardError, match="line 1"):
        run(site, private)


def test_two_runs_at_once_and_a_ledger_without_its_key_are_refused(site: Path, private: Path) -> None:
    with (
        ledger_file.opened(private / "ledger"),
        pytest.raises(ScorecardError, match="Another run is sending"),
    ):
        run(site, private)
    run(site, private)
    (private / "ledger.key").unlink()
    with pytest.raises(ScorecardError, match="The key of the ledger is missing"):
        run(site, private)


def test_a_long_list_is_cut_with_where_the_rest_is(site: Path, private: Path) -> None:
    rows = [(f"d{n}", *CHANGES[0][1:5], f"Change {n}", *CHANGES[0][6:]) for n in range(MOST_TOLD + 5)]
    changed(site, *rows)
    run(site, private)
    force = of(private, "North Yorkshire")
    assert f"{MOST_TOLD + 5} things have changed." in force
    assert "And 5 more" in force
    assert f"{MOST_TOLD + 1}. " not in force
    assert run(site, private).sent == 0
