"""Passwords that guessers try first: those stolen elsewhere, and those made of the words of this house.

Stolen ones are looked up in a file on this machine (``PASSWORD_BREACH_FILE``: the hashes that Have I Been Pwned
publishes, sorted), or, where the operator chooses so, by asking a service for all hashes that begin with the same five
digits (``PASSWORD_BREACH_URL``): it never learns which one was meant. When neither can be read, the password
passes and the log says so: nobody is locked out by a list.
"""

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any

import requests
import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

log = structlog.get_logger("security")
PATIENCE_SECONDS = 3
SHA1_DIGITS = 40
PREFIX_DIGITS = 5
# What everybody here thinks of: once they are taken out, this much must be left.
WORDS_OF_THE_HOUSE = (
    "institutosuperiortecnico",
    "universidadedelisboa",
    "tecnico",
    "mobilidade",
    "mobility",
    "erasmus",
    "portal",
    "nmci",
    "fenix",
    "lisboa",
    "lisbon",
    "password",
    "palavrapasse",
    "ist",
)
LEAST_OF_ONES_OWN = 6


class StolenPasswordValidator:
    """Refuses what is in the lists of stolen passwords."""

    def validate(self, password: str, user: Any = None) -> None:
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            stolen = is_listed(digest)
        except (OSError, requests.RequestException) as error:
            log.error("breach_list_unavailable", error=type(error).__name__)
            return
        if stolen:
            raise ValidationError(
                _(
                    "This password was stolen somewhere and is in the lists that attackers try first. "
                    "Choose another: four words that don't belong together are long and easy to remember."
                ),
                code="password_stolen",
            )

    def get_help_text(self) -> str:
        return ""


class OwnWordsValidator:
    """Refuses what is little more than the portal's and the institution's name."""

    def validate(self, password: str, user: Any = None) -> None:
        folded = unicodedata.normalize("NFKD", password).encode("ascii", "ignore").decode().lower()
        rest = re.sub(r"[^a-z0-9]", "", folded)
        for word in WORDS_OF_THE_HOUSE:
            rest = rest.replace(word, "")
        # A year or a few digits behind the name of the house are no secret either.
        if rest != re.sub(r"[^a-z0-9]", "", folded) and len(rest) < LEAST_OF_ONES_OWN:
            raise ValidationError(
                _(
                    "This password is little more than a name that everybody here thinks of first. "
                    "Add words of your own."
                ),
                code="password_of_the_house",
            )

    def get_help_text(self) -> str:
        return ""


def is_listed(digest: str) -> bool:
    """Whether the SHA-1, in upper-case hexadecimal, is in the list. Raises OSError, RequestException."""
    if settings.PASSWORD_BREACH_FILE:
        return _in_file(Path(settings.PASSWORD_BREACH_FILE), digest)
    if settings.PASSWORD_BREACH_URL:
        return _in_range(settings.PASSWORD_BREACH_URL, digest)
    return False


def _in_file(path: Path, digest: str) -> bool:
    """Halves the sorted file until the line is found: some 40 reads in 40 GB."""
    wanted = digest.encode()
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            # From inside a line to the beginning of the next one.
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline()
            start, line = file.tell(), file.readline()
            found = line[:SHA1_DIGITS].upper()
            if found == wanted:
                return True
            if not line or found > wanted:
                high = middle
            else:
                low = start + len(line)
    return False


def _in_range(address: str, digest: str) -> bool:
    response = requests.get(
        f"{address.rstrip('/')}/{digest[:PREFIX_DIGITS]}",
        # Answers are filled up to the same length, so that not even that tells which one it was.
        headers={"Add-Padding": "true"},
        timeout=PATIENCE_SECONDS,
        allow_redirects=False,
    )
    response.raise_for_status()
    if response.status_code != requests.codes.ok:
        raise requests.HTTPError(f"status {response.status_code}")
    counts = dict(line.split(":", 1) for line in response.text.split() if ":" in line)
    return int(counts.get(digest[PREFIX_DIGITS:], "0")) > 0
