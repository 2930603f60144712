"""What must be readable again and isn't kept in clear: the secrets of second factors, and for moments Fénix's tokens.

Fernet (AES-128-CBC with HMAC-SHA256). The keys come from SECOND_FACTOR_KEYS, or from SECRET_KEY where there are none;
the first seals, every one opens, so that a key is changed by putting a new one in front.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):  # noqa: N818  # says what it is
    """Sealed with a key that is no longer there, or changed since."""


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_derived(secret)) for secret in settings.SECOND_FACTOR_KEYS])


def _derived(secret: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mobility second factor")
    return base64.urlsafe_b64encode(derive.derive(secret.encode()))
