"""A real Chromium on a real server with a real database.

Without a browser these tests are skipped, unless REQUIRE_BROWSER=1 says that they must run.
"""

import os
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.browser import FLAGS, chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _static_files_of_the_live_server() -> Iterator[None]:
    """pytest-django looks for Django's own entry among the apps; ours is a subclass of it under another name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.testcases._StaticFilesHandler", StaticFilesHandler)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        reason = "No Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chrome
        chrome.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser complained of: errors on the console (a refused style or script among them), failed scripts.

    A test that means to cause one empties the list.
    """
    heard: list[str] = []
    yield heard
    assert heard == []


def _open_context(browser: Browser, live_server, complaints: list[str], **options) -> BrowserContext:
    context = browser.new_context(
        base_url=live_server.url, locale="pt-PT", timezone_id="Europe/Lisbon", reduced_motion="reduce", **options
    )
    context.set_default_timeout(15_000)
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda failed: complaints.append(str(failed.error)))
    return context


@pytest.fixture
def page(browser: Browser, live_server, complaints: list[str]) -> Iterator[Page]:
    """A Portuguese reader's browser at a desk; addresses are relative to the portal."""
    context = _open_context(browser, live_server, complaints)
    yield context.new_page()
    context.close()


@pytest.fixture
def page_without_javascript(browser: Browser, live_server, complaints: list[str]) -> Iterator[Page]:
    context = _open_context(browser, live_server, complaints, java_script_enabled=False)
    yield context.new_page()
    context.close()
