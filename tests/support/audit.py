"""Which known weaknesses our dependencies have, as PyPI tells; run as `python -m tests.support.audit`.

Ends with 1 where a mended version exists: then it is ours to take it. What has none yet is told. Where PyPI does not
answer, it is said that nothing was looked at: a change is not held up by a network.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

SECONDS = 120
COMMAND = (
    "-m",
    "pip_audit",
    "--skip-editable",
    "--format",
    "json",
    "--progress-spinner",
    "off",
    "--timeout",
    "10",
)


def judged(report: Mapping[str, Any]) -> tuple[list[str], bool]:
    """What to tell of a report of pip-audit, and whether it is ours to act."""
    told, must_act, audited = [], False, 0
    for dependency in report["dependencies"]:
        if "skip_reason" in dependency:
            continue
        audited += 1
        for weakness in dependency["vulns"]:
            mended = weakness["fix_versions"]
            must_act |= bool(mended)
            known = f"{dependency['name']} {dependency['version']}: {weakness['id']}"
            told.append(f"{known}, mended in {', '.join(mended)}" if mended else f"{known}, not mended yet")
    told.append(f"{audited} of {len(report['dependencies'])} dependencies audited")
    return told, must_act


def main() -> int:
    """Ask, tell, and end as it is."""
    try:
        asked = subprocess.run([sys.executable, *COMMAND], capture_output=True, text=True, timeout=SECONDS)
        told, must_act = judged(json.loads(asked.stdout))
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print("audit: no answer of pip-audit, or of PyPI; nothing was audited")
        return 0
    for line in told:
        print(f"audit: {line}")
    return 1 if must_act else 0


if __name__ == "__main__":
    sys.exit(main())
