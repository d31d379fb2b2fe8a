"""Words in Latin letters are found in disguise, and not within other words."""

from pathlib import Path

import pytest

import worlds
from worlds.words import load

WORDS = load(Path(worlds.__file__).parent / "seoul")


@pytest.mark.parametrize(
    "text",
    [
        "fuck you", "FUUUCK", "f u c k", "f.u.c.k", "f-u_c*k", "ｆｕｃｋ", "fück", "motherfucker", "shitty!", "SHIIIT",
        "fuck아",
        "you bitch", "kill yourself", "i'll kill you", "asssshole", "f\u200buck", "fu1ck", "shits", "𝓯𝓾𝓬𝓴", "nigggger",
    ],
)  # fmt: skip
def test_a_word_in_its_own_letters_is_strong(text: str) -> None:
    assert WORDS.judge(text).level == "strong"


@pytest.mark.parametrize(
    "text",
    ["sh1t", "$hit", "b!tch", "a55hole", "assh0le", "n1gger", "fu¢k", "kill yourse1f", "kill yourse|f", "ƒuck",
     "s\u04bb\u0456t", "\u0455hit", "sh\u03b9t", "wh0re", "f4g", "ｓｈ１ｔ", "bastard"],
)  # fmt: skip
def test_a_word_in_other_signs_is_held(text: str) -> None:
    assert WORDS.judge(text).level == "hold"


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe", "push it", "wish it were", "class hole", "Niger and Nigeria", "raccoon", "assassin", "shiitake",
        "as",
        "Matsushita", "Penistone", "a conspicuous spice", "cocktail", "Dick Turpin", "pass hole", "retardant",
        "Pakistan",
        "0xF49", "0x1FA9", "Hello! 1 2 3", "https://example.org/fa6?x=5417", "con", "I will kill the process",
        "Привет мир",
        "Καλημέρα κόσμε", "Bonjour à tous", "x" * 300, "f", "", " ",
    ],
)  # fmt: skip
def test_an_innocent_word_passes(text: str) -> None:
    assert WORDS.judge(text).level == "clean"


def test_what_was_found_is_told_by_its_place_in_the_original() -> None:
    verdict = WORDS.judge("well, f u c k and sh1tty 👪 b!tch")
    assert verdict.spans == ((6, 13), (18, 23), (27, 32))
    assert [entry.word for entry in verdict.entries] == ["fuck", "shit", "bitch"]
    assert verdict.level == "strong"
