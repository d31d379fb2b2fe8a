"""Records are listed, filtered, searched, paged and exported, and show nothing that was erased."""

import csv
import io
import json
import unicodedata
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.refusals import Refusal, Refused
from server.journal import NewEntry, Round, Text, erasure
from server.journals.sql import SqlJournal
from server.records import BYTE_ORDER_MARK, MAX_PAGE, Row, Span, Value
from tests.support.check_journal import written
from tests.support.journals import Founding
from worlds.service import Listing, Personal, Record

DONE = NewEntry(service="petitions", type="petitions.changed", event={}, at=1)


async def put(journal: SqlJournal, *changed: Record, texts: Sequence[Text] = ()) -> None:
    after = (await journal.head()).version
    await journal.append(Round(after=after, entries=[DONE], records=changed, texts=texts))


def petition(number: int, *texts: Text, **fields: Value) -> Record:
    held = tuple(Personal(owner=text.owner, ref=text.ref, hash=text.hash) for text in texts)
    return Record("petition", f"P{number:04}", fields, held)


def keys(rows: Sequence[Row]) -> list[int]:
    return [int(row.key[1:]) for row in rows]


async def whole(pieces: AsyncIterator[str]) -> str:
    return "".join([piece async for piece in pieces])


async def test_a_record_is_replaced_by_its_key_whole(journal: SqlJournal) -> None:
    first, second = Text.of("haneul", "처음", 1), Text.of("haneul", "다음", 1)
    await put(journal, petition(1, first, second, state="open", due=5), texts=[first, second])
    assert await journal.records.get("petition", "P0001") == Row(
        "petition", "P0001", {"state": "open", "due": 5}, ("처음", "다음")
    )
    await put(journal, petition(1, state="old"), petition(1, second, state="closed"))
    assert await journal.records.get("petition", "P0001") == Row(
        "petition", "P0001", {"state": "closed"}, ("다음",)
    )
    assert await journal.records.get("question", "P0001") is None


async def test_only_rows_within_a_listing_are_found_whatever_is_asked(journal: SqlJournal) -> None:
    await put(
        journal,
        petition(1, state="open", department="roads", urgent=True),
        petition(2, state="closed", department="parks", urgent=False),
        petition(3, state="open", department="parks"),
        petition(4, state="closed", department="water", urgent=True),
    )

    async def found(within: Listing, **where: Value) -> list[int]:
        return keys((await journal.records.list("petition", where, within=within)).items)

    assert await found(Listing()) == [1, 2, 3, 4]
    assert await found(Listing(({"state": "open"}, {"department": "water"}))) == [1, 3, 4]
    assert await found(Listing(({"state": "open"}, {"department": "water"})), state="closed") == [4]
    assert await found(Listing(({"state": "closed", "urgent": True},))) == [4]
    assert await found(Listing(but={"urgent": True})) == [2, 3], "also those that have no such field"
    assert await found(Listing(({"state": "open"}, {}), but={"department": "parks"})) == [1, 4]
    assert await found(Listing(())) == []
    exported = await whole(journal.records.export_csv("petition", within=Listing(({"department": "parks"},))))
    assert [line.partition(",")[0] for line in exported.splitlines()[1:]] == ["P0002", "P0003"]


async def test_rows_are_found_by_what_their_fields_are(journal: SqlJournal) -> None:
    await put(
        journal,
        petition(1, state="open", department="도로과", due=10, late=True, share=0.5),
        petition(2, state="open", department="공원과", due=20, late=False, share=1.5),
        petition(3, state="closed", department="도로과", due=30, late=False, share=None),
        petition(4, state='it\'s "odd"', due=40),
        Record("question", "P0005", {"state": "open"}),
    )

    async def found(**where: object) -> list[int]:
        page = await journal.records.list("petition", where)  # type: ignore[arg-type]
        assert await journal.records.count("petition", where) == len(page.items)  # type: ignore[arg-type]
        return keys(page.items)

    assert await found() == [1, 2, 3, 4]
    assert await found(state="open") == [1, 2]
    assert await found(state="open", department="도로과") == [1]
    assert await found(state='it\'s "odd"') == [4]
    assert await found(state=("open", "closed")) == [1, 2, 3]
    assert await found(state=()) == []
    assert await found(department=None) == [4]
    assert await found(department=(None, "공원과")) == [2, 4]
    assert await found(share=None) == [3, 4]
    assert await found(late=True) == [1]
    assert await found(late=False) == [2, 3]
    assert await found(due=20) == [2]
    assert await found(due="20") == []
    assert await found(due=Span(least=20)) == [2, 3, 4]
    assert await found(due=Span(below=20)) == [1]
    assert await found(due=Span(10, 30)) == [1, 2]
    assert await found(share=Span(least=1)) == [2]
    assert await found(nothing="x") == []


ROWS = st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=12)


@settings(max_examples=20, deadline=None)
@given(dues=ROWS, limit=st.integers(1, 5), backwards=st.booleans())
async def test_pages_put_together_are_the_list_in_its_order(
    founding: Founding, dues: list[int | None], limit: int, backwards: bool
) -> None:
    journal = SqlJournal.of(await founding())
    await journal.open(upgrade=True)
    try:
        await put(journal, *(petition(i, due=due) for i, due in enumerate(dues)))
        expected = sorted(
            range(len(dues)),
            key=lambda i: (dues[i] is None, (dues[i] or 0) * (-1 if backwards else 1), i),
        )
        order, after, listed = "-due" if backwards else "due", None, []
        while True:
            page = await journal.records.list("petition", order=order, after=after, limit=limit)
            assert len(page.items) == limit or page.next is None
            listed += keys(page.items)
            after = page.next
            if after is None:
                break
        assert listed == expected
    finally:
        await journal.close()


async def test_texts_too_are_put_in_order(journal: SqlJournal) -> None:
    await put(journal, *(petition(i, state=state) for i, state in enumerate(["b", "a", "c", "a"])))
    first = await journal.records.list("petition", order="state", limit=2)
    second = await journal.records.list("petition", order="state", limit=2, after=first.next)
    assert (keys(first.items), keys(second.items)) == ([1, 3], [0, 2])


async def test_a_search_finds_what_holds_all_its_words(journal: SqlJournal) -> None:
    title, body = (
        Text.of("haneul", "포트홀이 있어요", 1),
        Text.of("haneul", "은행나무길 100% 위험_합니다 CCTV", 1),
    )
    other = Text.of("byeol", "은행나무 냄새", 1)
    await put(journal, petition(1, title, body), petition(2, other), texts=[title, body, other])

    async def found(search: str) -> list[int]:
        return keys((await journal.records.list("petition", search=search)).items)

    assert await found("은행나무") == [1, 2]
    assert await found("포트홀 위험") == [1]
    assert await found("냄새 포트홀") == []
    assert await found("cctv") == [1]
    assert await found("100%") == [1]
    assert await found("1%0") == []
    assert await found("위험_합") == [1]
    assert await found("위험X합") == []
    assert await found("\\") == []
    assert await found(unicodedata.normalize("NFD", "은행")) == [1, 2]
    assert await found("  ") == [1, 2]


async def test_what_was_erased_is_found_and_shown_no_more(journal: SqlJournal) -> None:
    theirs, another = Text.of("haneul", "은행나무", 1), Text.of("byeol", "은행나무", 1)
    await put(journal, petition(1, theirs), petition(2, another), texts=[theirs, another])
    await journal.append(Round(after=1, entries=[erasure("haneul", "operator", 2)]))
    assert keys((await journal.records.list("petition", search="은행나무")).items) == [2]
    row = await journal.records.get("petition", "P0001")
    assert row is not None
    assert row.texts == ("[erased]",)
    told = await whole(journal.records.export_csv("petition", within=Listing(with_texts=True)))
    assert "P0001,[erased]" in told
    assert told.count("은행나무") == 1


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"limit": 0}, Refusal.BAD_MESSAGE, "limit"),
        ({"limit": MAX_PAGE + 1}, Refusal.BAD_MESSAGE, "limit"),
        ({"after": "?"}, Refusal.BAD_MESSAGE, "after"),
        ({"after": "eHg"}, Refusal.BAD_MESSAGE, "after"),
        ({"after": "WzEsMl0"}, Refusal.BAD_MESSAGE, "after"),
        ({"after": "W1tdLCJhIl0"}, Refusal.BAD_MESSAGE, "after"),
        ({"after": "é"}, Refusal.BAD_MESSAGE, "after"),
        ({"search": "가" * 101}, Refusal.TOO_LONG, "search"),
        ({"order": "due desc; DROP"}, Refusal.BAD_MESSAGE, "due desc; DROP"),
        ({"where": {'a"': 1}}, Refusal.BAD_MESSAGE, 'a"'),
    ],
)
async def test_a_list_that_cannot_be_given_is_refused(
    journal: SqlJournal, asked: dict[str, object], code: Refusal, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        await journal.records.list("petition", **asked)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (code, field)


async def test_the_end_of_a_page_of_another_order_harms_nobody(journal: SqlJournal) -> None:
    await put(journal, *(petition(i, due=i, state="open") for i in range(4)))
    page = await journal.records.list("petition", order="state", limit=2)
    await journal.records.list("petition", order="due", after=page.next)


async def test_an_export_holds_every_row_and_every_column(journal: SqlJournal) -> None:
    text = Text.of("haneul", '그는 "네,\n아니요"라고', 1)
    many = [petition(i, state="open") for i in range(3, MAX_PAGE + 5)]
    await put(journal, petition(1, text, state="=1+1", due=-5), petition(2, late=True), *many, texts=[text])
    told = await whole(journal.records.export_csv("petition", within=Listing(with_texts=True)))
    assert told.startswith(BYTE_ORDER_MARK)
    rows = list(csv.DictReader(io.StringIO(told.removeprefix(BYTE_ORDER_MARK))))
    assert len(rows) == MAX_PAGE + 4
    assert rows[0] == {
        "key": "P0001",
        "state": "'=1+1",
        "due": "-5",
        "late": "",
        "texts": '그는 "네,\n아니요"라고',
    }
    assert rows[1] == {"key": "P0002", "state": "", "due": "", "late": "True", "texts": ""}
    as_json = json.loads(
        await whole(journal.records.export_json("petition", within=Listing(with_texts=True)))
    )
    assert as_json[0] == {"key": "P0001", "state": "=1+1", "due": -5, "texts": [text.text]}
    assert len(as_json) == len(rows)
    assert "texts" not in json.loads(await whole(journal.records.export_json("petition")))[0]
    assert json.loads(await whole(journal.records.export_json("nothing"))) == []
    assert await whole(journal.records.export_csv("nothing")) == f"{BYTE_ORDER_MARK}key\r\n"


async def test_rows_and_entries_are_written_together_or_not_at_all(journal: SqlJournal) -> None:
    wrong = Record("petition", "P2", {"share": float("nan")})
    with pytest.raises(Exception, match="JSON"):
        await put(journal, petition(1), wrong)
    assert await journal.records.count("petition") == 0
    assert (await journal.head()).version == 0
    text = Text.of("haneul", "다시", 1)
    await journal.append(
        Round(after=0, entries=[written(text, 1)], texts=[text], records=[petition(1, text)])
    )
    assert await journal.records.count("petition") == 1
