"""What the browser tests do with a page: sign in, look at it as different readers do."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from mobility.models import User

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
# What an automated browser should not do on its own; --no-sandbox because containers run as root.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Where the browser is: CHROMIUM, or the system's."""
    system = Path("/usr/bin/chromium")
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or (str(system) if system.exists() else None)


def sign_in(page: Page, user: User) -> None:
    """As after signing in: the session, and the language of the account. The next page that is opened is theirs."""
    client = Client()
    client.force_login(user)
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.LANGUAGE_COOKIE_NAME: user.language,
    }
    page.context.add_cookies(
        [{"name": name, "value": value, "domain": "localhost", "path": "/"} for name, value in cookies.items()]
    )


def axe(page: Page) -> None:
    """No violation of WCAG 2.2 AA or of good practice, as far as a program can tell."""
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


def at_both_widths(page: Page) -> Iterator[int]:
    """The same page on a phone and on a desk; nothing may stick out sideways."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} is wider than {width}"
        yield width


def check_readable(page: Page) -> None:
    """The open page passes axe on phone and desk, in light and in dark. Needs JavaScript: without it axe never ends."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for _width in at_both_widths(page):
            axe(page)
    page.emulate_media(color_scheme="light")
