"""Asks a ClamAV daemon about a file, where one is set (CLAMD_ADDRESS)."""

import io

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

PATIENCE_SECONDS = 20


class NotScanned(Exception):  # noqa: N818  # the caller answers it: nothing is taken unscanned
    """The daemon can't be reached or couldn't finish."""


def _daemon() -> ClamdNetworkSocket:
    where = settings.CLAMD_ADDRESS
    if where.startswith("unix:"):
        return ClamdUnixSocket(path=where.removeprefix("unix:"), timeout=PATIENCE_SECONDS)
    host, _colon, port = where.removeprefix("tcp://").rpartition(":")
    return ClamdNetworkSocket(host=host.strip("[]"), port=int(port), timeout=PATIENCE_SECONDS)


def infection(content: bytes) -> str:
    """The name of what was found in the file; nothing when it is clean, or when no daemon is set.

    Raises NotScanned.
    """
    if not settings.CLAMD_ADDRESS:
        return ""
    try:
        status, found = _daemon().instream(io.BytesIO(content))["stream"]
    except (ClamdError, OSError, KeyError, ValueError) as error:
        raise NotScanned(str(error)) from error
    if status == "FOUND":
        return found or "unnamed"
    if status != "OK":
        raise NotScanned(f"{status} {found}")
    return ""
