"""Korean words are found however they are written, and common ones are left alone: the tables of the moderators."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from worlds.words import hangul, load

WORDS = load(Path(worlds.__file__).parent / "seoul")


@pytest.mark.parametrize(
    "text",
    [
        "씨발", "씨 발", "씨1발", "씨.발", "씨\u200b발", "ㅆㅣ발", "ㅆㅣㅂㅏㄹ", "씨이이발", "씨ㅣㅣ발", "개씨발놈",
        "병신",
        "개 새 끼", "지랄하네", "씨💢발", "씨\n발", "\u110a\u1175\u1107\u1161\u11af", "병신ㅋㅋㅋ", "개새낀데",
        "씨발라고",
        "다 갔 씨발", "있씨발", "씨 이 발", "ﾢﾢㅣ발 병신", "㉳㉲병신", "좆같네", "썅",
    ],
)  # fmt: skip
def test_a_word_written_as_it_is_listed_is_strong(text: str) -> None:
    assert WORDS.judge(text).level == "strong"


@pytest.mark.parametrize(
    "text",
    [
        "시발", "씨빨", "tlqkf", "ㅅㅂ", "ㅂㅅ", "ㅅ1발", "ㅄ", "ㅋㅋㅅㅂㅋㅋ", "ㅅ ㅂ", "ㅅ.ㅂ", "ｔｌｑｋｆ", "TLQKF",
        "Qudtls", "人1발",
        "시l발", "찌랄", "개섹기", "개색끼", "이 새끼", "ssibal",
    ],
)  # fmt: skip
def test_a_word_in_another_spelling_is_held(text: str) -> None:
    assert WORDS.judge(text).level == "hold"


@pytest.mark.parametrize(
    "text",
    [
        "다시 발표", "역시 발전", "혹시 발열이 있나요", "이 시 발견", "18시 발차",
        "시발점", "시발역", "서울의 시발점에서", "병신년 기록", "2026년 병신년",
        "옷방이 좁아요",
        "새끼손가락", "무지개새",
        "영상을 보지 마세요", "자지 않고 기다렸어요", "불이 꺼져 있어요", "걸레질", "시민 발언대",
        "피씨방에서 만나요", "도랑이 깊어요", "전염병 예방", "질병신고는 보건소로", "족발이 맛있다", "진다",
        "5개년 계획",
        "위기가 코앞에 닥쳐온다", "우리를 깔보지 마라", "택시발전법", "도시발전", "가족같은 분위기", "조개같은 모양",
        "샹들리에", "장개석", "오십할인", "상년도 예산", "이 새끼 고양이 귀여워요", "지라르 감독",
        "ㅋㅋㅋ ㅎㅎ ㅇㅋ", "ㄱㅅㄱㅅ",
    ],
)  # fmt: skip
def test_a_common_word_passes(text: str) -> None:
    assert WORDS.judge(text).level == "clean"


def test_a_known_error_is_held_and_a_person_lets_it_through() -> None:
    assert WORDS.judge("역시발표").level == "hold"


def test_what_is_allowed_frees_nothing_beside_it() -> None:
    assert WORDS.judge("시발점이 어디야 씨발").spans == ((9, 11),)
    assert WORDS.judge("씨발점").level == "strong"
    assert WORDS.judge("이 병신년아").level == "strong"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("아 씨 발 진짜", "씨 발"),
        ("ㅋㅋㅋ씨1발ㅋㅋㅋ", "씨1발"),
        ("정말 ㅆㅣㅂㅏㄹ!", "ㅆㅣㅂㅏㄹ"),
        ("그래 tlqkf 놈", "tlqkf"),
        ("👪 병신 👪", "병신"),
    ],
)
def test_what_was_found_is_told_by_its_place_in_the_original(text: str, found: str) -> None:
    [(start, end)] = WORDS.judge(text).spans
    assert text[start:end] == found


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_syllables_and_their_letters_are_read_alike(text: str) -> None:
    apart = "".join(map(hangul.letters_of, text))
    assert hangul.as_written(apart).letters == hangul.as_written(text).letters or "ㅇ" in apart


between = st.text(st.sampled_from("~.,-_*^·…\u200b\u2060\ufeff1234567890❤😀abc"), max_size=3)
long = st.integers(1, 4)


@settings(deadline=None)
@given(st.data())
def test_signs_digits_and_doubled_letters_hide_no_strong_word(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(["씨발", "병신", "개새끼", "지랄", "미친놈"]))
    letters = "".join(map(hangul.letters_of, word)) if data.draw(st.booleans()) else word
    hidden = "".join(data.draw(between) + letter * data.draw(long) for letter in letters[:-1]) + letters[-1]
    if letters == word:
        hidden = "".join(letter + data.draw(between) for letter in word)
    assert WORDS.judge(hidden).level == "strong"
