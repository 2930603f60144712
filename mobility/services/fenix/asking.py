"""Asking Fénix: small answers, soon, or a reason why not. No address with a token in it is ever logged or shown."""

import time
from typing import Any

import requests
from django.conf import settings

from mobility.services.fenix.answers import load

# Connecting, and waiting for the next piece of an answer; in seconds. The whole answer: LONGEST.
PATIENCE = (3.05, 5)
LONGEST = 10
LARGEST = 2_000_000
PIECE = 65_536


class AskingError(Exception):
    """Fénix gave no answer that can be used; ``code`` says why, for the pages to word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnreachableError(AskingError):
    """Down or too slow: worth another try."""

    def __init__(self) -> None:
        super().__init__("unreachable")


def offered() -> bool:
    """Whether this portal is registered with Fénix."""
    return bool(settings.FENIX_CLIENT_ID)


def ask(what: str, *, token: str) -> Any:
    """The answer of ``/api/fenix/v1/{what}`` for the person whose token it is.

    Raises UnreachableError, AskingError (``refused``: the token isn't good any more; ``nonsense``), NonsenseError.
    """
    return load(_get(f"{settings.FENIX_URL}/api/fenix/v1/{what}", token))


def _get(address: str, token: str) -> bytes:
    until = time.monotonic() + LONGEST
    try:
        with requests.get(
            address, params={"access_token": token}, timeout=PATIENCE, allow_redirects=False, stream=True
        ) as response:
            _check(response)
            return _read(response, until)
    except requests.RequestException:
        # Its message has the address, and the address has the token.
        raise UnreachableError from None


def _check(response: requests.Response) -> None:
    if response.status_code in {400, 401, 403}:
        raise AskingError("refused")
    if response.status_code >= 500 or response.status_code == 429:
        raise UnreachableError
    if response.status_code != 200:
        raise AskingError("nonsense")


def _read(response: requests.Response, until: float) -> bytes:
    found = bytearray()
    for piece in response.iter_content(PIECE):
        found += piece
        if len(found) > LARGEST:
            raise AskingError("nonsense")
        if time.monotonic() > until:
            raise UnreachableError
    return bytes(found)
