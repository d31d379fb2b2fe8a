"""The settings: where their values come from, and what is said of a wrong one."""

import json
import re
from pathlib import Path

import pytest

from server.config import FIELDS, Settings, WrongSetting, load
from server.setting import Unit


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a madang.toml, and no settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in FIELDS:
        monkeypatch.delenv("MADANG_" + name.upper().replace(".", "__"), raising=False)
    return tmp_path


def faults(**sources: object) -> str:
    with pytest.raises(WrongSetting) as wrong:
        load(**sources)  # type: ignore[arg-type]
    assert all("\n" not in line for line in wrong.value.lines)
    return "\n".join(wrong.value.lines)


def test_without_any_source_the_defaults_hold() -> None:
    configuration = load()
    assert configuration.settings == Settings()
    assert configuration.sources == {}


def test_each_source_is_stronger_than_the_one_before(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "madang.toml").write_text(
        "[limits]\npose_hz = 1\npose_burst = 2\nwho_per_s = 3\nchat_length = 4\n", "utf-8"
    )
    monkeypatch.setenv("MADANG_LIMITS__POSE_BURST", "20")
    monkeypatch.setenv("MADANG_LIMITS__WHO_PER_S", "30")
    monkeypatch.setenv("MADANG_LIMITS__CHAT_LENGTH", "40")
    configuration = load(
        named={"limits.who_per_s": 300, "limits.chat_length": 400}, sets=["limits.chat_length=4000"]
    )
    limits = configuration.settings.limits
    assert (limits.pose_hz, limits.pose_burst, limits.who_per_s, limits.chat_length) == (1, 20, 300, 4000)
    assert configuration.sources == {
        "limits.pose_hz": "madang.toml",
        "limits.pose_burst": "environment",
        "limits.who_per_s": "command line",
        "limits.chat_length": "command line",
    }


def test_a_named_file_is_read_instead_of_the_one_in_the_folder(elsewhere: Path) -> None:
    (elsewhere / "madang.toml").write_text("[walk]\nspeed_m_s = 1\n", "utf-8")
    (elsewhere / "other.toml").write_text('[log]\nlevel = "debug"\n', "utf-8")
    settings = load(elsewhere / "other.toml").settings
    assert settings.log.level == "debug"
    assert settings.walk.speed_m_s == 12


def test_origins_are_a_list_in_a_file_and_separated_by_commas_elsewhere(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "madang.toml").write_text('[listen]\norigins = ["https://a", "https://b"]\n', "utf-8")
    assert load().settings.listen.origins == ("https://a", "https://b")
    monkeypatch.setenv("MADANG_LISTEN__ORIGINS", "https://c, https://d")
    assert load().settings.listen.origins == ("https://c", "https://d")
    assert load(sets=["listen.origins=*"]).settings.listen.origins == ("*",)


@pytest.mark.parametrize("given", [
    '["https://a.example"]', "https://a.example/", "https://a.example/path", "a.example", "https://A.example", "https://",
    "https://*.example", "null",
])  # fmt: skip
def test_what_no_browser_sends_as_an_origin_is_none(given: str) -> None:
    told = faults(sets=[f"listen.origins={given}"])
    assert told.startswith(f"listen.origins = {given} (command line): "), told


def test_a_list_in_brackets_is_told_how_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_CROWD__RESERVED_FOR", '["official"]')
    assert faults() == (
        'crowd.reserved_for = ["official"] (environment): '
        "outside of a file it is written with commas and nothing else: one, two"
    )


def test_a_wrong_value_is_told_with_name_value_source_and_reason(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults(sets=["limits.pose_hz=fast"]).startswith("limits.pose_hz = fast (command line): ")
    (elsewhere / "madang.toml").write_text("[listen]\nport = 65_536\n", "utf-8")
    assert faults().startswith("listen.port = 65536 (madang.toml): ")
    monkeypatch.setenv("MADANG_LISTEN__PORT", "eighty")
    assert faults().startswith("listen.port = eighty (environment): ")


@pytest.mark.parametrize("value", ["-1", "nan", "inf", ""])
def test_a_limit_is_a_number_that_makes_sense(value: str) -> None:
    assert f"limits.pose_hz = {value}" in faults(sets=[f"limits.pose_hz={value}"])


def test_all_wrong_settings_are_told_at_once() -> None:
    told = faults(sets=["listen.port=x", "walk.speed_m_s=0", "nonsense", "crowd.tik_hz=5"])
    assert len(told.splitlines()) == 4


def test_an_unknown_name_is_refused_wherever_it_stands(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults(sets=["crowd.tik_hz=5"]) == (
        "crowd.tik_hz (command line): no such setting, do you mean crowd.tick_hz?"
    )
    monkeypatch.setenv("MADANG_CROWD__TIK_HZ", "5")
    assert faults() == (
        "MADANG_CROWD__TIK_HZ (environment): no such setting, do you mean MADANG_CROWD__TICK_HZ?"
    )
    monkeypatch.delenv("MADANG_CROWD__TIK_HZ")
    (elsewhere / "madang.toml").write_text("crowd = 5\n[crowds]\ntick_hz = 5\n", "utf-8")
    assert len(faults().splitlines()) == 2


def test_a_file_that_is_missing_or_no_toml_is_told_in_one_line(elsewhere: Path) -> None:
    assert faults(file=elsewhere / "none.toml").endswith("none.toml: no such file")
    (elsewhere / "bad.toml").write_text("[limits\n", "utf-8")
    assert "bad.toml: " in faults(file=elsewhere / "bad.toml")


def test_the_ladder_may_not_swing() -> None:
    assert faults(sets=["crowd.busy_low=0.96"]) == "crowd: busy_low must be below busy_high"


def test_zero_is_off_is_allowed_for_every_limit_that_counts_or_times() -> None:
    never_off = {"max_message_bytes", "visitor_message_bytes"}
    never_off |= {
        f"{kind}_burst"
        for kind in (
            "pose",
            "command",
            "chat",
            "request",
            "frame",
            "line",
            "busy_handshake",
            "refusal",
            "hearing",
        )
    }
    names = [
        name for name in FIELDS if name.startswith("limits.") and FIELDS[name].annotation in (int, float)
    ]
    sets = [f"{name}=0" for name in names if name.split(".")[1] not in never_off]
    limits = load(sets=sets).settings.limits
    assert limits.connections == limits.handshakes_per_s == limits.chat_per_s == 0


def test_every_setting_has_its_reason_and_every_number_its_unit() -> None:
    for setting in load().explain():
        assert setting.reason.endswith("."), setting.name
    unitless = {"listen.port", "city.phase"}
    for name, field in FIELDS.items():
        if field.annotation in (int, float) and name not in unitless:
            assert any(isinstance(mark, Unit) for mark in field.metadata), name


def test_what_is_explained_is_what_holds() -> None:
    explained = {told.name: told for told in load(sets=["crowd.tick_hz=5"]).explain()}
    assert explained.keys() == FIELDS.keys()
    tick = explained["crowd.tick_hz"]
    assert (tick.value, tick.source, tick.unit) == ("5", "command line", "Hz")
    assert explained["visitors.admitted"].value == "true"


def test_the_example_of_the_pages_is_one_that_works(elsewhere: Path) -> None:
    page = Path(__file__).parents[2] / "ARCHITECTURE.md"
    [example] = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    (elsewhere / "madang.toml").write_text(example, "utf-8")
    settings = load().settings
    [trust] = settings.auth.issuers
    assert trust.roles["culture-moderators"] == "moderator@culture"
    assert trust.algorithms == ("RS256", "ES256")
    assert settings.limits.kinds["avatar.change"] == (0.5, 10)
    explained = {told.name: told.value for told in load().explain()}
    assert explained["auth.issuers"] == trust.issuer
    assert explained["limits.kinds"] == "district.enter 1/20, avatar.change 0.5/10"


def test_tables_are_json_outside_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = {"issuer": "https://login.example", "name": {"ko": "로그인", "en": "Login"}}
    monkeypatch.setenv("MADANG_AUTH__ISSUERS", json.dumps([issuer]))
    settings = load(sets=['limits.kinds={"chat.say": [2, 3]}']).settings
    assert [trust.issuer for trust in settings.auth.issuers] == ["https://login.example"]
    assert settings.limits.kinds == {"chat.say": (2, 3)}
    monkeypatch.setenv("MADANG_AUTH__ISSUERS", "[{")
    assert "auth.issuers" in faults()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            'auth.issuers=[{"issuer": "http://login.example", "name": {"ko": "가", "en": "a"}}]',
            "0: issuer: is not https",
        ),
        ('auth.issuers=[{"issuer": "https://a.example"}]', "0: name: Field required"),
        ('limits.kinds={"chat.sing": [1, 1]}', "no such command: chat.sing"),
        ('limits.kinds={"chat.say": [1, 0]}', "chat.say"),
        ("listen.proxies=10.0.0.0/8, moon", "moon"),
    ],
)
def test_what_is_wrong_within_a_table_is_told_with_its_place(given: str, fault: str) -> None:
    assert fault in faults(sets=[given])


def test_two_issuers_of_one_name_would_mix_their_citizens() -> None:
    issuer = {"issuer": "https://a.example", "name": {"ko": "가", "en": "a"}}
    assert "two issuers of one name" in faults(sets=[f"auth.issuers={json.dumps([issuer, issuer])}"])
    same = [f"auth.issuers={json.dumps([issuer])}", "auth.issuer=https://a.example"]
    assert "two issuers of one name" in faults(sets=same)
