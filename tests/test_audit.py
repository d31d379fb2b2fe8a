"""The audit of what we depend on: what it tells, and when it fails."""

from typing import Any

from tests.support.audit import judged


def dependency(*fixes: list[str]) -> dict[str, Any]:
    vulns = [{"id": f"PYSEC-{i}", "fix_versions": versions} for i, versions in enumerate(fixes)]
    return {"name": "wheel", "version": "1.0", "vulns": vulns}


def test_without_a_known_weakness_all_is_well() -> None:
    assert judged({"dependencies": [dependency()]}) == (["1 of 1 dependencies audited"], False)


def test_a_weakness_that_is_mended_elsewhere_is_ours_to_act_on() -> None:
    told, must_act = judged({"dependencies": [dependency(["1.1", "2.0"], [])]})
    assert must_act
    assert told[:2] == ["wheel 1.0: PYSEC-0, mended in 1.1, 2.0", "wheel 1.0: PYSEC-1, not mended yet"]


def test_a_weakness_that_nobody_has_mended_is_told() -> None:
    told, must_act = judged({"dependencies": [dependency([])]})
    assert (told[0], must_act) == ("wheel 1.0: PYSEC-0, not mended yet", False)


def test_what_was_not_found_is_not_counted_as_audited() -> None:
    unknown = {"name": "wheel", "skip_reason": "Dependency not found on PyPI"}
    assert judged({"dependencies": [unknown, dependency()]})[0] == ["1 of 2 dependencies audited"]
