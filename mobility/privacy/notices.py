"""The versions of the privacy notice: newest first, each with its text in both languages and what is new in it.

A text that people took note of is never edited: a change is a new version with its own files. The table of
kinds of data in it comes from ``mobility.privacy.retention``, so that it says what is done.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Notice:
    """One version: ``version`` is its day, ``changes`` what somebody who read the one before has to know."""

    version: str
    text_pt: str
    text_en: str
    changes: tuple[Any, ...]

    @property
    def day(self) -> date:
        return date.fromisoformat(self.version)

    def text(self, language: str | None) -> str:
        """The template of its text; Portuguese for everything that isn't English."""
        return self.text_en if language == "en" else self.text_pt


NOTICES = (
    Notice(
        "2026-11-20",
        "privacy/2026-11-20.pt.html",
        "privacy/2026-11-20.en.html",
        (
            _("For each kind of data, the table says why it is kept and until when; a daily task does what it says."),
            _("In your account you can download all data about you, and ask for a correction."),
            _("Published lists show references; only the people who decide on your application see your name."),
        ),
    ),
)
CURRENT = NOTICES[0]
BY_VERSION = {notice.version: notice for notice in NOTICES}
