"""A running tests.counterparts.fenix as the tests have it: who is known there, and going through it like a browser."""

import copy
import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

SAMPLES = json.loads(Path(__file__).with_name("fenix.json").read_text(encoding="utf-8"))


class ThroughFenix:
    """Change ``people``, then ``save()``: the next request sees it."""

    def __init__(self, url: str, file: Path) -> None:
        self.url, self.file = url, file
        self.people = copy.deepcopy(SAMPLES)
        self.save()

    def save(self) -> None:
        self.file.write_text(json.dumps(self.people), encoding="utf-8")

    def agree(self, dialog: str, username: str) -> str:
        """What the browser is sent back to when this person agrees."""
        return self._location(f"{dialog}&{urlencode({'as': username})}")

    def refuse(self, dialog: str) -> str:
        return self._location(f"{dialog}&refuse=1")

    def _location(self, address: str) -> str:
        """Where Fénix sends the browser, which stays where it is."""
        answer = requests.get(address, timeout=10, allow_redirects=False)
        assert answer.status_code == 302
        return answer.headers["Location"]


def without_host(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def query(address: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
