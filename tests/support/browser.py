"""Debian's Chromium, driven by Playwright, drawing by SwiftShader: a browser on a machine without a graphics card."""

import os
import shutil
from typing import Any

from playwright.sync_api import Page

CHROMIUM = os.environ.get("MADANG_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

LAUNCH: dict[str, Any] = {
    "executable_path": CHROMIUM,
    "args": [
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--ignore-gpu-blocklist",
        "--disable-dev-shm-usage",
        "--no-sandbox",
    ],
}
"""Without a sandbox, as it runs as root in containers; it sees nothing but pages of ours."""

PATIENCE_MS = 60_000
"""How long a page may take to come to what a test waits for: three avatars drawn by one busy core are slow."""


def until(page: Page, claim: str, seconds: float = 60) -> None:
    """Waits until a claim about the page, in JavaScript, is true; its policy lets it evaluate no strings."""
    held = page.evaluate(
        "({seconds}) => new Promise((done) => {"
        " const end = performance.now() + seconds * 1000;"
        f" const look = () => (({claim}) ? done(true) : performance.now() > end ? done(false) : setTimeout(look, 50));"
        " look(); })",
        {"seconds": seconds},
    )
    assert held, f"it did not come to be that {claim}"


def settle(page: Page) -> None:
    """Waits until one is in the district and its first frames are drawn."""
    page.locator(".street:not(.dark)").wait_for(timeout=PATIENCE_MS)
    until(page, "globalThis.madang?.gauge.read().frames > 2")
