"""Searches for bytes that break a target: by coverage with atheris where it is installed, else by chance alone.

`python -m tests.fuzz codec session --seconds 60` runs each in a process of its own, side by side. What breaks a target
is left in `tests/fuzz/found/`, to become a test.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
import traceback
from hashlib import sha256
from pathlib import Path

FOUND = Path(__file__).parent / "found"
MOST_BYTES = 4_096
INSTRUMENTED = ["protocol", "server.frames", "worlds.words"]


def by_coverage(name: str, seconds: int) -> None:
    """Let libFuzzer search; does not return."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.targets import TARGETS, corpus
    folder = Path(tempfile.mkdtemp())
    for data in corpus(name):
        (folder / sha256(data).hexdigest()[:16]).write_bytes(data)
    limits = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup(
        [
            name,
            *limits,
            f"-artifact_prefix={FOUND}/{name}-",
            "-verbosity=0",
            "-print_final_stats=1",
            str(folder),
        ],
        TARGETS[name],
    )
    atheris.Fuzz()


def by_chance(name: str, seconds: int) -> int:
    """Change what is known at random; 1 where something broke."""
    from tests.fuzz.targets import TARGETS, changed, corpus

    dice, known, until, tried = random.Random(time.time_ns()), corpus(name), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        data = changed(dice.choice(known), dice)[:MOST_BYTES]
        tried += 1
        try:
            TARGETS[name](data)
        except Exception:
            traceback.print_exc()
            file = FOUND / f"{name}-{sha256(data).hexdigest()[:16]}"
            file.write_bytes(data)
            print(f"{name}: broke; see {file}")
            return 1
    print(f"{name}: {tried} inputs by chance, nothing broke")
    return 0


def has_atheris() -> bool:
    """Whether it can be imported here."""
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


def main() -> int:
    """All targets side by side; 1 when one broke."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz")
    asked.add_argument("targets", nargs="*")
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--only", action="store_true", help="This target in this process.")
    given = asked.parse_args()
    FOUND.mkdir(exist_ok=True)
    if given.only:
        if has_atheris():
            by_coverage(given.targets[0], given.seconds)
        return by_chance(given.targets[0], given.seconds)
    names = given.targets or ["codec", "session", "frames", "words", "files"]
    print(
        f"fuzzing {', '.join(names)} for {given.seconds} s,", "by coverage" if has_atheris() else "by chance"
    )
    command = [sys.executable, "-m", "tests.fuzz", "--only", "--seconds", str(given.seconds)]
    running = {name: subprocess.Popen([*command, name]) for name in names}
    broke = [name for name, process in running.items() if process.wait()]
    print(f"broke: {', '.join(broke)}" if broke else "nothing broke")
    return 1 if broke else 0


if __name__ == "__main__":
    sys.exit(main())
