"""Ticket files as people bring them: each sample in `tests/tickets` is a test.

Beside a sample NAME stands `expected/NAME.json`: what must be decided, read and reported, or the
words with which the whole file is refused. All texts are made up for these tests.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UserError
from bot.reports import BadRow, TicketDraft, TicketGone
from bot.sources.dates import Order, order_of, read_date
from bot.sources.files import FileReader, read
from bot.sources.values import language_of, link_of, person_of, tag_separator, tags_of

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "tickets"
NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.is_file())
SHARED = Path(os.environ.get("EARSHOT_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there")

Rows = list[TicketDraft | TicketGone | BadRow]


def rows_of(data: bytes | str, **options: Any) -> Rows:
    raw = data.encode("utf-8") if isinstance(data, str) else data
    with read(io.BytesIO(raw), name="upload", now=NOW, **options) as reader:
        return list(reader)


def drafts_of(data: bytes | str, **options: Any) -> list[TicketDraft]:
    return [row for row in rows_of(data, **options) if isinstance(row, TicketDraft)]


def bad_of(data: bytes | str, **options: Any) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in rows_of(data, **options) if isinstance(row, BadRow)]


def told(draft: TicketDraft) -> dict[str, object]:
    """A draft as the expectation files have it: without what is empty, or the same in all rows."""
    values: dict[str, object] = {
        "external_id": draft.external_id,
        "created_at": draft.created_at.isoformat(),
        "subject": draft.subject,
        "body": draft.body,
        "updated_at": draft.updated_at.isoformat() if draft.updated_at else None,
        "url": draft.url,
        "tags": list(draft.tags),
        "account": draft.account,
        "segment": draft.segment,
        "language": draft.language,
        **{f"requester_{name}": getattr(draft.requester, name) for name in PERSON},
    }
    return {name: value for name, value in values.items() if value}


PERSON = ("id", "name", "email", "phone")


def outcome(path: Path) -> dict[str, object]:
    try:
        with read(path, name=path.name, now=NOW) as reader:
            rows = list(reader)
    except UserError as error:
        return {"refused": str(error)}
    plan = reader.plan
    drafts = [row for row in rows if isinstance(row, TicketDraft)]
    return {
        "format": plan.format,
        "compressed": plan.compressed,
        "encoding": plan.encoding,
        "delimiter": plan.delimiter,
        "preset": plan.preset,
        "source": plan.source,
        "mapping": {field: list(names) for field, names in plan.mapping.items()},
        "ignored": list(plan.ignored),
        "notes": list(plan.notes),
        "good": len(drafts),
        "drafts": [told(draft) for draft in drafts[:20]],
        "bad": [[row.line, row.reason] for row in rows if isinstance(row, BadRow)],
    }


# --- sample files -------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_file_is_read_as_expected(name: str) -> None:
    expected = json.loads((SAMPLES / "expected" / f"{name}.json").read_text("utf-8"))
    assert outcome(SAMPLES / name) == expected


@pytest.mark.parametrize("name", NAMES)
def test_two_readings_of_a_file_give_the_same(name: str) -> None:
    assert outcome(SAMPLES / name) == outcome(SAMPLES / name)


@pytest.mark.parametrize("name", NAMES)
def test_a_reason_is_short_and_shows_nothing_of_the_text(name: str) -> None:
    result = outcome(SAMPLES / name)
    reasons = [str(reason) for _, reason in result.get("bad", [])]  # type: ignore[attr-defined]
    assert all(len(reason) <= 80 for reason in reasons)
    secrets = ("Lou", "lou@", "card was", "opens", "never closed\n", "Agent", "secret note")
    shown = " ".join([*reasons, str(result.get("refused", ""))])
    assert not [secret for secret in secrets if secret in shown]


# --- bytes --------------------------------------------------------------------------------

ROW = "id,created_at,body\n1,2025-01-01,Größe – 日本 😀\n"


@pytest.mark.case(19)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_read_in_every_encoding(encoding: str) -> None:
    assert drafts_of(ROW.encode(encoding))[0].body == "Größe – 日本 😀"


def test_an_old_code_page_is_read_where_the_bytes_are_no_unicode() -> None:
    late = "id,created_at,body\n" + "1,2025-01-01,plain\n" * 20_000 + "2,2025-01-02,“Größe”\n"
    assert drafts_of(late.encode("cp1252"))[-1].body == "“Größe”"


@pytest.mark.case(19)
def test_one_broken_byte_in_unicode_costs_one_character() -> None:
    data = (ROW * 3).encode() + b"4,2025-01-04,bad \xff byte\n"
    assert drafts_of(data)[-1].body == "bad \ufffd byte"


def test_nuls_are_dropped() -> None:
    assert drafts_of("id,created_at,body\n1,2025-01-01,a\0b\n")[0].body == "ab"


def test_gzip_is_known_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(gzip.compress(ROW.encode()))
    with read(path, name="export.csv", now=NOW) as reader:
        assert len(list(reader)) == 1
        assert reader.plan.compressed
        assert reader.bytes_read == reader.total_bytes == path.stat().st_size


def test_a_pipe_can_be_read_and_stays_open() -> None:
    receiving, sending = os.pipe()
    with os.fdopen(sending, "wb") as pipe:
        pipe.write(ROW.encode())
    with os.fdopen(receiving, "rb") as stream:
        with read(stream, name="standard input", now=NOW) as reader:
            assert len(list(reader)) == 1
            assert reader.total_bytes is None
            assert reader.bytes_read == len(ROW.encode())
        assert not stream.closed


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "spreadsheet or zip"),
        (b"%PDF-1.7", "PDF"),
        (b"<?xml version='1.0'?><tickets/>", "XML"),
        (b"\n<!DOCTYPE html><html></html>", "web page"),
        (bytes(range(1, 32)) * 50, "not text"),
        (b"\x1f\x8bnot really gzip", "damaged"),
        (b'{"type":"SCHEMA","stream":"tickets","schema":{}}\n', "Singer"),
    ],
)
def test_what_is_no_ticket_file_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        rows_of(data)
    assert str(refused.value).endswith(".")


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no file nowhere"):
        read(tmp_path / "nowhere", name="nowhere", now=NOW)
    with pytest.raises(UserError, match="folder"):
        read(tmp_path, name="here", now=NOW)


# --- rows ---------------------------------------------------------------------------------


def test_a_lone_quote_costs_one_row_however_many_follow() -> None:
    data = 'id,created_at,body\n1,2025-01-01,"open\n'
    data += "".join(f"{number},2025-01-02,row {number}\n" for number in range(2, 3000))
    assert bad_of(data) == [(2, "a quote is opened and never closed")]
    assert len(drafts_of(data)) == 2998


def test_quotes_that_chain_for_ever_end_in_time() -> None:
    data = "id,created_at,body\n" + 'a",b,"c\n' * 20_000
    assert len(rows_of(data)) > 0


def test_a_row_of_many_lines_is_one_row_and_its_line_is_the_first() -> None:
    data = 'id,created_at,body\n1,2025-01-01,"a\nb\n\nc"\n2,,x\n'
    assert drafts_of(data)[0].body == "a\nb\n\nc"
    assert bad_of(data) == [(6, "created_at is empty")]


def test_old_line_ends_are_line_ends() -> None:
    data = "id,created_at,body\r1,2025-01-01,one\r2,,two\r"
    assert [draft.body for draft in drafts_of(data)] == ["one"]
    assert bad_of(data) == [(3, "created_at is empty")]


def test_the_reader_is_lazy() -> None:
    class Endless(io.RawIOBase):
        sent = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            line = b"1,2025-01-01,again and again\n" if self.sent else b"id,created_at,body\n"
            data = (line if not self.sent else line * 1000)[: len(buffer)]
            buffer[: len(data)] = data
            self.sent += len(data)
            return len(data)

    with read(io.BufferedReader(Endless()), name="endless", now=NOW) as reader:
        rows = iter(reader)
        assert [type(next(rows)) for _ in range(1000)] == [TicketDraft] * 1000


def test_one_huge_line_is_one_bad_row() -> None:
    good = '{"id": 1, "created_at": "2025-01-01", "body": "x"}\n'
    huge = '{"id": 2, "created_at": "2025-01-01", "body": "' + "x" * 9_000_000 + '"}\n'
    assert bad_of(good + huge + good) == [(2, "line is too long")]


def test_a_body_of_five_megabytes_is_kept_to_a_bound() -> None:
    body = "word " * 1_000_000
    assert len(drafts_of(f"id,created_at,body\n1,2025-01-01,{body}\n")[0].body) == 1_000_000


@pytest.mark.case(21)
@pytest.mark.parametrize("brackets", ["[" * 200_000, '{"a":' * 200_000])
def test_endless_nesting_is_one_bad_row(brackets: str) -> None:
    good = '{"id": 1, "created_at": "2025-01-01", "body": "x"}'
    assert bad_of("\n".join([good, brackets, good])) == [(2, "JSON is nested too deeply")]
    closed = brackets + "1" + ("]" if brackets[0] == "[" else "}") * 200_000
    data = f"[{good},\n{closed},\n{good}]"
    assert bad_of(data) == [(2, "item 2: JSON is nested too deeply")]
    assert len(drafts_of(data)) == 2


def test_lists_nested_in_a_ticket_break_nothing() -> None:
    deep = "[" * 400 + "]" * 400
    line = f'{{"id": 1, "created_at": "2025-01-01", "body": {deep}, "title": "t", "tags": {deep}}}'
    assert drafts_of(line)[0].body == ""


@pytest.mark.parametrize("size", [1, 7, 64])
def test_cutting_an_array_does_not_depend_on_where_chunks_end(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("bot.sources.jsonrows._CHUNK", size)
    for name in ("zendesk-api.json", "pages.json", "intercom.json", "unfinished.json"):
        expected = json.loads((SAMPLES / "expected" / f"{name}.json").read_text("utf-8"))
        assert outcome(SAMPLES / name) == expected


def test_an_empty_list_is_no_fault() -> None:
    assert rows_of("[]") == rows_of('{"tickets": []}') == rows_of("id,created_at,body\n") == []


# --- columns ------------------------------------------------------------------------------


def test_a_person_can_say_which_column_is_which() -> None:
    data = "a,b,c,d\nx,2025-01-01,the words,ignored\n"
    mapping = {"external_id": "A", "created_at": "b", "text": "c"}
    draft = drafts_of(data, mapping=mapping)[0]
    assert (draft.external_id, draft.body) == ("x", "the words")


def test_an_empty_column_leaves_a_field_out() -> None:
    data = "id,created_at,body,topic\n1,2025-01-01,x,login\n"
    assert drafts_of(data)[0].tags == ("login",)
    assert drafts_of(data, mapping={"topic": ""})[0].tags == ()


@pytest.mark.parametrize(
    ("mapping", "words"),
    [({"body": "words"}, "no column “words”.*id, created_at, body"), ({"boddy": "x"}, "body")],
)
def test_a_wrong_mapping_is_answered_with_what_there_is(
    mapping: Mapping[str, str], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        rows_of("id,created_at,body\n1,2025-01-01,x\n", mapping=mapping)


def test_no_column_with_words_or_date_is_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"id, created_at, status\. .*--map body=COLUMN"):
        rows_of("id,created_at,status\n1,2025-01-01,open\n")
    with pytest.raises(UserError, match=r"id, body\. .*--map created_at=COLUMN"):
        rows_of("id,body\n1,words\n")


def test_a_number_of_comments_is_not_the_text() -> None:
    data = "id,created_at,comments,details\n1,2025-01-01,3,It is broken\n"
    assert drafts_of(data)[0].body == "It is broken"


def test_ids_made_from_the_text_are_the_same_on_a_second_run() -> None:
    data = "created_at,title,body\n2025-01-01,t,one\n2025-01-01,t,two\n"
    first, second = drafts_of(data), drafts_of(data)
    assert [draft.external_id for draft in first] == [draft.external_id for draft in second]
    assert len({draft.external_id for draft in first}) == 2
    assert all(len(draft.external_id) == 16 for draft in first)


def test_ids_stay_text() -> None:
    data = "id,created_at,body\n007,2025-01-01,a\n7,2025-01-01,b\na/../b|c,2025-01-01,c\n"
    assert [draft.external_id for draft in drafts_of(data)] == ["007", "7", "a/../b|c"]


def test_a_file_that_tells_persons_by_name_alone_tells_them_apart() -> None:
    draft = drafts_of("id,created_at,body,customer\n1,2025-01-01,x,C-9\n")[0]
    assert (draft.requester.id, draft.requester.name) == ("C-9", "C-9")


def test_a_nearly_known_date_may_put_the_day_first() -> None:
    data = "id,Date it was sent,text\n1,25/12/2025,x\n"
    assert reader_of(data).plan.mapping["created_at"] == ("Date it was sent",)
    assert drafts_of(data)[0].created_at == datetime(2025, 12, 25, tzinfo=UTC)


def test_unknown_columns_are_kept_out() -> None:
    data = "id,created_at,body,password\n1,2025-01-01,x,hunter2\n"
    assert "hunter2" not in repr(drafts_of(data))


# --- where tickets are from ---------------------------------------------------------------

LINKED = "id,created_at,body,url\n1,2025-01-01,x,https://Help.example.com/t/1\n"


def reader_of(data: str, **options: Any) -> FileReader:
    with read(io.BytesIO(data.encode()), name="upload", now=NOW, **options) as reader:
        return reader


@pytest.mark.parametrize(
    ("data", "said", "source"),
    [
        (LINKED, None, "help.example.com"),
        (LINKED, "  My desk ", "My desk"),
        ("id,created_at,body\n1,2025-01-01,x\n", None, "file"),
    ],
)
def test_the_source_is_said_or_found_in_the_links(data: str, said: str | None, source: str) -> None:
    assert reader_of(data, source=said).plan.source == source
    assert drafts_of(data, source=said)[0].source == source


def test_a_source_needs_a_name() -> None:
    with pytest.raises(UserError, match="needs a name"):
        reader_of(LINKED, source=" ")


def test_the_plan_tells_all_decisions_and_nothing_of_the_text() -> None:
    lines = "\n".join(reader_of(LINKED).plan.describe())
    for part in ("CSV (,)", "utf-8", "generic", "external_id: id", "help.example.com"):
        assert part in lines
    assert "x" not in lines.replace("external", "").replace("example", "").split()


# --- values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "order"),
    [
        (["13/01/2025", "01/02/2025"], (Order.DAY_FIRST, True)),
        (["1/13/2025", "1/2/2025"], (Order.MONTH_FIRST, True)),
        (["01/02/2025", "02/02/2025", "03/02/2025"], (Order.DAY_FIRST, False)),
        (["02/01/2025", "02/02/2025", "02/03/2025"], (Order.MONTH_FIRST, False)),
        (["03/04/2025"], (Order.MONTH_FIRST, False)),
        (["03.04.2025"], (Order.DAY_FIRST, False)),
        (["03/11/2026", "03/11/2026"], (Order.MONTH_FIRST, False)),
        (["04/11/2026"], (Order.MONTH_FIRST, True)),
        (["2025-01-01"], (Order.MONTH_FIRST, True)),
    ],
)
def test_day_and_month_are_told_apart_once_a_file(
    written: list[str], order: tuple[Order, bool]
) -> None:
    assert order_of(written, NOW) == order


@given(st.datetimes(datetime(1990, 1, 2), datetime(2026, 1, 1)))
def test_every_form_of_a_moment_is_the_same_moment(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    for text in (
        moment.isoformat(),
        moment.isoformat().replace("+00:00", "Z"),
        moment.strftime("%Y-%m-%d %H:%M:%S UTC"),
        moment.astimezone().isoformat(),
        moment.strftime("%m/%d/%Y %I:%M:%S %p"),
        moment.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    ):
        assert read_date(text) == moment
    assert read_date(moment.timestamp()) == moment
    assert read_date(int(moment.timestamp() * 1000)) == moment
    assert read_date(moment.strftime("%d.%m.%Y %H:%M:%S"), Order.DAY_FIRST) == moment


@given(st.text(max_size=90) | st.floats() | st.integers() | st.booleans() | st.none())
def test_no_value_breaks_the_reading_of_dates(value: object) -> None:
    assert read_date(value) is None or isinstance(read_date(value), datetime)


@pytest.mark.case(23)
def test_dates_far_off_are_bad_rows_with_the_reason() -> None:
    near = (NOW + timedelta(days=1)).isoformat()
    far = (NOW + timedelta(days=3)).isoformat()
    data = f"id,created_at,body\n1,{near},x\n2,{far},x\n3,1989-12-31,x\n"
    assert [draft.external_id for draft in drafts_of(data)] == ["1"]
    assert bad_of(data) == [(3, "created_at lies in the future"), (4, "created_at is before 1990")]


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("a;b; c ;;a", ("a", "b", "c")),
        ('["a b", "c"]', ("a b", "c")),
        ("['a', 'b']", ("a", "b")),
        ("{a,b}", ("a", "b")),
        ("[]", ()),
        ("Billing issue", ("Billing issue",)),
        ([{"name": "x"}, "y", None, 3], ("x", "y", "3")),
        (None, ()),
    ],
)
def test_tags_come_in_many_forms(cell: object, tags: tuple[str, ...]) -> None:
    assert tags_of([(cell, tag_separator([cell]))]) == tags


def test_blanks_part_tags_only_where_words_return_in_other_company() -> None:
    assert tag_separator(["login mobile", "mobile urgent", "urgent login"]) == " "
    assert tag_separator(["billing issue", "login issue"]) is None
    assert tag_separator(["Billing Issue", "Login Issue", "Billing"]) is None


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "ftp://example.com/1", "//example.com", "https://", "https://[x"),
        *(
            "https://user:pass@example.com/",
            "https://example.com/a b",
            "https://e.com/" + "x" * 3000,
        ),
        *("file:///etc/passwd", "data:text/html,x", "https://example.com/\u202e", ""),
    ],
)
def test_only_plain_web_addresses_are_links(link: str) -> None:
    found = link_of(link)
    assert found is None or found == "https://example.com/\u202e" == link


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("en-US", "en"), ("pt_BR", "pt"), ("English", "en"), ("Deutsch (Schweiz)", "de")),
        *(("eng", "en"), ("zh-Hans", "zh"), ("iw", "he"), ("Klingon", None), ("", None), (7, None)),
    ],
)
def test_languages_are_two_letters(name: object, code: str | None) -> None:
    assert language_of(name) == code


@pytest.mark.parametrize(
    ("name", "email", "person"),
    [
        ("Ann <ann@example.com>", "", ("Ann", "ann@example.com")),
        ("ann@example.com", "", ("", "ann@example.com")),
        ("Ann", "ann@example.com", ("Ann", "ann@example.com")),
        ("", "Ann <ann@example.com>", ("Ann", "ann@example.com")),
        ("Ann", "<>", ("Ann", "<>")),
    ],
)
def test_name_and_address_are_parted(name: str, email: str, person: tuple[str, str]) -> None:
    assert person_of(name, email) == person


# --- any file -----------------------------------------------------------------------------


def outcome_of_bytes(data: bytes) -> None:
    try:
        rows = rows_of(data)
    except UserError:
        return
    for row in rows:
        if isinstance(row, BadRow):
            assert 0 < len(row.reason) <= 80
        else:
            assert row.external_id
            assert isinstance(row, TicketGone) or row.subject or row.body.strip()
            assert not {"\0", "\ud800"} & set(f"{row}")
            f"{row}".encode()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    outcome_of_bytes(data)
    outcome_of_bytes(gzip.compress(data)[: max(20, len(data) // 2)])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["csv", "lines", "array", "wrapper"]))
def test_no_bytes_after_a_good_beginning_break_the_reader(data: bytes, form: str) -> None:
    start = {
        "csv": b"id,created_at,body,tags,url\n1,2025-01-01,x,a,https://example.com\n",
        "lines": b'{"id":1,"created_at":"2025-01-01","body":"x"}\n',
        "array": b'[{"id":1,"created_at":"2025-01-01","body":"x"},',
        "wrapper": b'{"tickets":[{"id":1,"created_at":"2025-01-01","body":"x"},',
    }[form]
    outcome_of_bytes(start + data)


KEY_WORDS = (
    "id key number created_at updated_at body description subject title fields summary source "
    "author contacts conversation_parts comments conversations requester requester_id via channel "
    "tags labels url self name type text responder_id cc_emails properties content reporter "
    "cc submitter_id description_text createdAt html_url user login"
)
KEYS = st.sampled_from(KEY_WORDS.split()) | st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=12), max_size=4))
def test_no_json_of_any_make_breaks_the_reader(items: list[dict[str, object]]) -> None:
    outcome_of_bytes(json.dumps(items).encode())
    outcome_of_bytes("\n".join(map(json.dumps, items)).encode())
    outcome_of_bytes(json.dumps({"tickets": items}).encode())


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1a"), min_size=1, max_size=60
).filter(lambda text: text.strip() != "" and not text.startswith("\ufeff"))


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=12), st.sampled_from(",;\t|"))
def test_what_the_standard_library_writes_comes_back(bodies: list[str], delimiter: str) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=delimiter)
    writer.writerow(["id", "created_at", "body", "status"])
    writer.writerows([[n, "2025-01-01T00:00:00Z", body, "open"] for n, body in enumerate(bodies)])
    assert [draft.body for draft in drafts_of(table.getvalue())] == bodies
    lines = [
        json.dumps({"id": n, "created_at": 1735689600, "body": body}, ensure_ascii=n % 2 == 0)
        for n, body in enumerate(bodies)
    ]
    for text in ("\n".join(lines), f"[{','.join(lines)}]", f'{{"data": [{", ".join(lines)}]}}'):
        drafts = drafts_of(text)
        assert [draft.body for draft in drafts] == bodies
        assert [draft.external_id for draft in drafts] == [str(n) for n in range(len(bodies))]


# --- real files ---------------------------------------------------------------------------


@needs_shared
@pytest.mark.parametrize(("name", "rows"), [("firefox-2019", 8717), ("thunderbird-2023", 6269)])
def test_a_real_export_is_read_whole(name: str, rows: int) -> None:
    path = SHARED / f"{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        theirs = list(csv.DictReader(file))
    with read(path, name=path.name, now=NOW) as reader:
        ours = [row for row in reader if isinstance(row, TicketDraft)]
    assert len(theirs) == len(ours) == rows
    for their, our in zip(theirs, ours, strict=True):
        assert our.external_id == their["id"]
        assert our.created_at == datetime.fromisoformat(their["created"])
        assert our.subject == " ".join(their["title"].split())
        assert our.body == their["body"]
        assert our.url == their["url"]
        assert set(our.tags) == {*their["tags"].split(";"), their["topic"]} - {""}
        assert our.source == "support.mozilla.org"
        assert our.language == (their["locale"][:2] or None)
    assert sum(not our.body.strip() for our in ours) == sum(
        not their["body"].strip() for their in theirs
    )
    assert reader.plan.ignored == (
        *("product", "version", "os", "n_answers", "escalated", "spam_suspect"),
    )


@needs_shared
@pytest.mark.parametrize("path", sorted(SHARED.glob("sources/**/*.*")), ids=lambda path: path.name)
def test_a_foreign_file_is_read_or_refused_with_a_sentence(path: Path) -> None:
    result = outcome(path)
    read_well = {"ticket.csv", "ticket_data.csv", "conversation_history.csv", "issue.csv"}
    if path.name in read_well:
        assert result["good"]
        assert result["bad"] == []
    else:
        assert str(result["refused"]).endswith(".")
