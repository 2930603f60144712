"""The providers of institutional sign-in: allauth's, made careful with what comes from outside.

What a provider says of a person is cut down to what the portal uses (``extra_data``): ``name``, ``email``,
``username``, and ``institutional_id`` where the configuration trusts the provider with it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount import app_settings
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.http import HttpRequest
from django.utils.translation import get_language

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRUE = {"true", "1", "t", "y", "yes"}


def label_of(provider: Any) -> str:
    """How the provider is called in the reader's language, after "Sign in with"."""
    labels = provider.app.settings["label"]
    return str(labels["en" if get_language() == "en" else "pt"])


def institutional_id(values: Iterable[Any], pattern: str) -> str:
    """The institution's identifier among the values of a claim; empty when none, or more than one, fits the pattern."""
    found = set()
    for value in values:
        match = re.fullmatch(pattern or ".+", str(value).strip())
        if match:
            found.add((match[1] if match.re.groups else match[0]).strip().lower())
    return found.pop() if len(found) == 1 else ""


def stable(uid: Any) -> str:
    """The identifier by which the provider knows the person for good; without one nobody can be recognised."""
    if isinstance(uid, bool) or not isinstance(uid, str | int) or not str(uid).strip() or "\0" in str(uid):
        raise ProviderException("no stable identifier")
    if len(str(uid)) > app_settings.UID_MAX_LENGTH:
        raise ProviderException("the identifier is too long")
    return str(uid).strip()


def brief(common: Mapping[str, Any], **more: str) -> dict[str, str]:
    """What is kept of all that the provider says."""
    # A NUL is no text for PostgreSQL.
    kept = {key: str(common[key]).replace("\0", "")[:254] for key in ("name", "email", "username") if common.get(key)}
    return kept | {key: value for key, value in more.items() if value}


class OpenIDConnect(OpenIDConnectProvider):
    """An OpenID Connect provider of OIDC_PROVIDERS."""

    # Where its addresses are.
    package = "allauth.socialaccount.providers.openid_connect"

    def __init__(self, request: HttpRequest, app: Any = None) -> None:
        super().__init__(request, app=app)
        self.name = label_of(self)

    def _claims(self, data: Any) -> dict[str, Any]:
        """ID token and user information as one; both have to be of the same person (OpenID Connect Core 5.3.2)."""
        token, info = data.get("id_token") or {}, data.get("userinfo") or {}
        if not isinstance(token, dict) or not isinstance(info, dict):
            raise ProviderException("claims that are no object")
        if token and info and token.get("sub") != info.get("sub"):
            raise ProviderException("the user information is of somebody else")
        return token | info

    def extract_uid(self, data: Any) -> str:
        return stable(self._claims(data).get(self.app.settings["uid_field"]))

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        claims = self._claims(data)
        texts = {key: value for key, value in claims.items() if isinstance(value, str)}
        name = texts.get("name") or f"{texts.get('given_name', '')} {texts.get('family_name', '')}"
        return {"name": name.strip(), "email": texts.get("email"), "username": texts.get("preferred_username")}

    def extract_email_addresses(self, data: Any) -> list[EmailAddress]:
        claims = self._claims(data)
        email = claims.get("email")
        if not isinstance(email, str) or not email:
            return []
        # Some providers say it in words.
        verified = str(claims.get("email_verified", "")).lower() in TRUE
        return [EmailAddress(email=email, verified=verified, primary=True)]

    def extract_extra_data(self, data: Any) -> dict[str, str]:
        claims, settings = self._claims(data), self.app.settings
        values = claims.get(settings["institutional_id"], []) if settings["institutional_id"] else []
        found = institutional_id(values if isinstance(values, list) else [values], settings["institutional_id_pattern"])
        return brief(self.extract_common_fields(data), institutional_id=found)

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """What is asked of the provider follows from the configuration, not from whoever made the link."""
        return list(self.get_scope())

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return dict(self.get_auth_params())


class Saml(SAMLProvider):
    """An identity provider of SAML_PROVIDERS."""

    package = "allauth.socialaccount.providers.saml"

    def __init__(self, request: HttpRequest, app: Any = None) -> None:
        super().__init__(request, app=app)
        self.name = label_of(self)

    def extract_uid(self, data: Any) -> str:
        """An identifier that stays: an attribute, or a persistent NameID; a transient one is another each time."""
        uid = self._extract(data).get("uid")
        if uid is None and data.get_nameid_format() == PERSISTENT:
            uid = data.get_nameid()
        return stable(uid)

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        fields = self._extract(data)
        name = fields.get("name") or f"{fields.get('first_name', '')} {fields.get('last_name', '')}"
        return {"name": name.strip(), "email": fields.get("email")}

    def extract_extra_data(self, data: Any) -> dict[str, str]:
        settings, attributes = self.app.settings, data.get_attributes()
        values = [value for name in settings["institutional_id_names"] for value in attributes.get(name, [])]
        found = institutional_id(values, settings["institutional_id_pattern"])
        return brief(self.extract_common_fields(data), institutional_id=found)
