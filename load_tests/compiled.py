"""The C programs of the load tests, compiled when they are first needed and kept by the hash of their sources."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE / "results" / "build"

DRIVER = HERE / "driver" / "driver.c"
FLOOR = HERE / "floor" / "floor.c"

FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror")


class NotCompiled(Exception):
    """There is no compiler, or it refused the source; the message says which and why."""


def compiled(source: Path) -> Path:
    """The program of this source; raises NotCompiled."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NotCompiled("the load tests need a C compiler (gcc or cc) on the path")
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for part in sorted(HERE.glob("*/*.[ch]")):
        digest.update(part.name.encode() + part.read_bytes())
    program = BUILD / f"{source.stem}-{digest.hexdigest()[:16]}"
    if program.exists():
        return program
    BUILD.mkdir(parents=True, exist_ok=True)
    # Two at once may compile: each into its own folder, and the last one to move wins with the same bytes.
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        fresh = Path(folder) / program.name
        told = subprocess.run(
            [compiler, *FLAGS, "-o", str(fresh), str(source), "-lm"],
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode != 0:
            raise NotCompiled(f"{source.name} does not compile:\n{told.stderr}")
        fresh.rename(program)
    return program
