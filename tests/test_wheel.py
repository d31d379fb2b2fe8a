"""What is installed from the wheel is whole: a city runs from it, with every page and every file the pages load."""

import asyncio
import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
PATIENCE_S = 120
PAGES = ("/", "/console", "/stage", "/about", "/plain")
LOADED = re.compile(r'(?:src|href)="(/(?:assets|static)/[^"]+)"')
NAMED = re.compile(
    r"""["'`(](?:\./|/)?((?:assets/)?[\w.-]+-[\w-]{8}\.(?:js|css|woff2|png|svg|webp|jpg|glb))"""
)


def run(*command: str | Path, **options: object) -> str:
    told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, **options)  # type: ignore[call-overload]
    assert told.returncode == 0, told.stderr
    return str(told.stdout)


def install(folder: Path) -> Path:
    """The wheel in an environment of its own; what Madang needs is lent by this one, Madang is not. Its Python."""
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    (wheel,) = wheels.glob("*.whl")
    there = folder / "there"
    venv.create(there)
    (site,) = (there / "lib").glob("python*/site-packages")
    run(*pip, "install", "--no-deps", "--target", site, wheel)
    # A path from a .pth file is searched last, and its own .pth files, such as an editable install's, are not read.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return there / "bin" / "python"


async def test_the_wheel_runs_a_city_with_every_page_and_file(tmp_path: Path) -> None:
    python = await asyncio.to_thread(install, tmp_path)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MADANG_"))
    }
    where = run(python, "-c", "import server; print(server.__file__)", cwd=tmp_path, env=environment)
    assert Path(where.strip()).is_relative_to(tmp_path)
    serving = await asyncio.create_subprocess_exec(
        *(python, "-m", "server", "serve", "--port", "0", "--data", str(tmp_path / "data")),
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert serving.stdout
        async with asyncio.timeout(PATIENCE_S):
            told = ""
            while "http://" not in told:
                line = await serving.stdout.readline()
                assert line, told
                told += line.decode()
        url = re.findall(r"http://[\d.]+:\d+", told)[0]
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as browser:
            await look_at_everything(browser)
    finally:
        serving.terminate()
        await serving.wait()


async def look_at_everything(browser: httpx.AsyncClient) -> None:
    """Every page, and what they load, and what that names in its turn."""
    waiting: list[str] = []
    for page in PAGES:
        answer = await browser.get(page)
        assert answer.status_code == 200, page
        loaded = LOADED.findall(answer.text)
        assert loaded, page
        waiting += loaded
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await browser.get(path)
        assert answer.status_code == 200, path
        assert answer.content, path
        if path.endswith((".js", ".css")):
            waiting += [f"/assets/{name.removeprefix('assets/')}" for name in NAMED.findall(answer.text)]
    there = {f"/assets/{path.name}" for path in (ROOT / "server/web/built/assets").glob("*.*")}
    assert {path for path in there if not path.endswith((".gz", ".br"))} <= seen
