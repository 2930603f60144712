"""Through whom one may sign in beside e-mail and password: what the environment says, checked, as allauth reads it.

OIDC_PROVIDERS and SAML_PROVIDERS are lists in JSON; docs/operations.md explains every key. Whatever is wrong raises
ValueError with a sentence for whoever configures the portal.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

COMMON = ("id", "label", "verified_email", "institutional_id", "institutional_id_pattern", "origins")
OPENID = ("server_url", "client_id", "client_secret", "client_secret_file", "id_claim", "scopes", "token_auth_method",
          "pkce")  # fmt: skip
SAML = ("entity_id", "metadata_url", "metadata_file", "sp_entity_id", "certificate_file", "key_file", "attributes")
LANGUAGES = ("pt", "en")
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")

# Names of attributes: as eduGAIN's providers send them (OIDs), then as some send them in plain words.
EDUGAIN = {
    "subject-id": ("urn:oasis:names:tc:SAML:attribute:subject-id", "subject-id"),
    "pairwise-id": ("urn:oasis:names:tc:SAML:attribute:pairwise-id", "pairwise-id"),
    "eduPersonUniqueId": ("urn:oid:1.3.6.1.4.1.5923.1.1.1.13", "eduPersonUniqueId"),
    "eduPersonPrincipalName": ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "eduPersonPrincipalName"),
    "schacPersonalUniqueCode": ("urn:oid:1.3.6.1.4.1.25178.1.2.14", "schacPersonalUniqueCode"),
    "mail": ("urn:oid:0.9.2342.19200300.100.1.3", "mail"),
    "displayName": ("urn:oid:2.16.840.1.113730.3.1.241", "displayName"),
    "cn": ("urn:oid:2.5.4.3", "cn"),
    "givenName": ("urn:oid:2.5.4.42", "givenName"),
    "sn": ("urn:oid:2.5.4.4", "sn"),
}
# What the portal wants to know, and which attributes say it: the first that came counts.
ATTRIBUTES = {
    "uid": ["subject-id", "pairwise-id", "eduPersonUniqueId", "eduPersonPrincipalName"],
    "name": ["displayName", "cn"],
    "first_name": ["givenName"],
    "last_name": ["sn"],
    "email": ["mail"],
}


class Provider:
    """One entry of a list, read key by key; complains in the name of the entry."""

    def __init__(self, entry: Any, known: tuple[str, ...]) -> None:
        if not isinstance(entry, dict):
            raise ValueError("each provider is an object, such as {“id”: “tecnico”, …}.")
        self.entry: dict[str, Any] = entry
        self.id = str(entry.get("id", ""))
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", self.id):
            raise ValueError(
                f"“{self.id}” is no id: up to 30 lower-case letters, digits and hyphens; it's in addresses."
            )
        for key in entry:
            if key not in known:
                raise self.wrong(f"“{key}” is not known. Known are: {', '.join(known)}.")

    def wrong(self, why: str) -> ValueError:
        return ValueError(f"provider “{self.id}”: {why}")

    def text(self, key: str, *, required: bool = False) -> str:
        value = self.entry.get(key, "")
        if not isinstance(value, str) or (required and not value.strip()):
            raise self.wrong(f"“{key}” must be a text{' and is missing' if required and not value else ''}.")
        return value.strip()

    def texts(self, key: str, default: list[str]) -> list[str]:
        value = self.entry.get(key, default)
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.wrong(f"“{key}” must be a list of texts.")
        return value

    def address(self, key: str, *, required: bool = False) -> str:
        """An address of the provider: over HTTPS, but for a counterpart on this very machine."""
        value = self.text(key, required=required).rstrip("/")
        if value and not _is_safe(value):
            raise self.wrong(f"“{key}” must start with https:// (http:// only on this machine).")
        return value

    def file(self, key: str) -> str:
        """What the file has that the key names; empty without one."""
        path = self.text(key)
        try:
            return Path(path).read_text(encoding="utf-8").strip() if path else ""
        except (OSError, UnicodeDecodeError) as error:
            raise self.wrong(f"“{key}”: {path} can't be read.") from error

    def label(self) -> dict[str, str]:
        """How the button goes on after "Sign in with", by language."""
        value = self.entry.get("label")
        if isinstance(value, str) and value.strip():
            return dict.fromkeys(LANGUAGES, value.strip())
        if isinstance(value, dict) and set(value) == set(LANGUAGES) and all(isinstance(v, str) for v in value.values()):
            return value
        raise self.wrong("“label” must be a text, or one for each language: {“pt”: …, “en”: …}.")

    def verified_email(self) -> bool | list[str]:
        """Whether its e-mail addresses count as verified whatever it says of them; or those of which domains."""
        value = self.entry.get("verified_email", False)
        return value if isinstance(value, bool) else self.texts("verified_email", [])

    def pattern(self) -> str:
        value = self.text("institutional_id_pattern")
        try:
            groups = re.compile(value).groups
        except re.error as error:
            raise self.wrong(f"“institutional_id_pattern” is no regular expression ({error}).") from error
        if groups > 1:
            raise self.wrong("“institutional_id_pattern” may have one group at most: what counts of the value.")
        return value

    def common(self) -> dict[str, Any]:
        return {
            "label": self.label(),
            "verified_email": self.verified_email(),
            "institutional_id": self.text("institutional_id"),
            "institutional_id_pattern": self.pattern(),
            "origins": [origin(address) for address in self.texts("origins", [])],
        }


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
        )
    except ValueError:
        return False


def origin(address: str) -> str:
    """Scheme, host and port of an address, as a Content-Security-Policy names them."""
    parts = urlsplit(address)
    if not _is_safe(address):
        raise ValueError(f"“{address}” is no origin, such as https://id.example.org.")
    return f"{parts.scheme}://{parts.netloc}"


def _entries(text: str) -> list[Any]:
    try:
        entries = json.loads(text or "[]")
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}, column {error.colno}: {error.msg}).") from error
    if not isinstance(entries, list):
        raise ValueError("it must be a list of providers: [{…}, {…}].")
    return entries


def openid_connect(text: str) -> list[dict[str, Any]]:
    """The providers of OpenID Connect, as SOCIALACCOUNT_PROVIDERS wants its APPS."""
    return [_openid(Provider(entry, COMMON + OPENID)) for entry in _entries(text)]


def _openid(given: Provider) -> dict[str, Any]:
    server = given.address("server_url", required=True)
    settings = given.common() | {
        "server_url": server,
        "uid_field": given.text("id_claim") or "sub",
        "scope": given.texts("scopes", ["openid", "profile", "email"]),
        "oauth_pkce_enabled": given.entry.get("pkce", True) is not False,
    }
    settings["origins"] = [origin(server), *settings["origins"]]
    if method := given.text("token_auth_method"):
        settings["token_auth_method"] = method
    secret = given.text("client_secret") or given.file("client_secret_file")
    if not secret:
        raise given.wrong("“client_secret” or “client_secret_file” is missing.")
    client_id = given.text("client_id", required=True)
    return {"provider_id": given.id, "name": given.id, "client_id": client_id, "secret": secret, "settings": settings}


def saml(text: str, timeout: int) -> list[dict[str, Any]]:
    """The identity providers of SAML 2.0, as SOCIALACCOUNT_PROVIDERS wants its APPS; seconds to wait for metadata."""
    return [_saml(Provider(entry, COMMON + SAML), timeout) for entry in _entries(text)]


def _saml(given: Provider, timeout: int) -> dict[str, Any]:
    certificate, key = given.file("certificate_file"), given.file("key_file")
    if bool(certificate) != bool(key):
        raise given.wrong("“certificate_file” and “key_file” go together.")
    settings = given.common() | {
        "attribute_mapping": _attributes(given),
        "institutional_id_names": _spellings(given.text("institutional_id")),
        "idp": {
            "entity_id": given.text("entity_id", required=True),
            "metadata_request_timeout": timeout,
            **_metadata(given),
        },
        "sp": {"entity_id": given.text("sp_entity_id")},
        "advanced": {
            "x509cert": certificate or None,
            "private_key": key or None,
            "authn_request_signed": bool(key),
            "metadata_signed": bool(key),
            "want_attribute_statement": False,
        },
    }
    settings["origins"] = [*_origins(settings["idp"]), *settings["origins"]]
    # In addresses, allauth knows a SAML provider by its client id.
    return {"provider_id": given.id, "name": given.id, "client_id": given.id, "settings": settings}


def _metadata(given: Provider) -> dict[str, Any]:
    """Where the provider's metadata are. A file is read again every minute, so that a new key needs no restart."""
    url, path = given.address("metadata_url"), given.text("metadata_file")
    if bool(url) == bool(path):
        raise given.wrong("give either “metadata_url” or “metadata_file”.")
    if url:
        return {"metadata_url": url}
    if given.text("entity_id") not in given.file("metadata_file"):
        raise given.wrong(f"“metadata_file”: {path} says nothing of {given.text('entity_id')}.")
    return {"metadata_url": Path(path).resolve().as_uri(), "metadata_cache_timeout": 60}


def _origins(idp: Mapping[str, Any]) -> list[str]:
    """Where the browser is sent to sign in: said by the metadata, which only a file has at hand now."""
    if idp["metadata_url"].startswith("file:"):
        text = Path(urlsplit(idp["metadata_url"]).path).read_text(encoding="utf-8")
        places = re.findall(r"<[\w:]*SingleSignOnService\b[^>]*\bLocation=[\"']([^\"']+)", text)
    else:
        places = [idp["metadata_url"], idp["entity_id"]]
    return sorted({origin(place) for place in places if _is_safe(place)})


def _attributes(given: Provider) -> dict[str, list[str]]:
    """What the portal wants to know, and the attributes that may say it, by all their names."""
    chosen = given.entry.get("attributes", {})
    if not isinstance(chosen, dict) or not set(chosen) <= set(ATTRIBUTES):
        raise given.wrong(f"“attributes” maps some of {', '.join(ATTRIBUTES)} to names of attributes.")
    mapping = {}
    for key, default in ATTRIBUTES.items():
        names = chosen.get(key, default)
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise given.wrong(f"“attributes”: “{key}” must be a name or a list of names.")
        mapping[key] = [spelling for name in names for spelling in _spellings(name)]
    return mapping


def _spellings(name: str) -> list[str]:
    """All names under which an attribute comes."""
    return list(EDUGAIN.get(name, (name,))) if name else []


# Whose mailboxes the university itself keeps: an address there is the person's.
FENIX_DOMAINS = ["tecnico.ulisboa.pt", "ist.utl.pt"]


def fenix(url: str, client_id: str, secret: str) -> list[dict[str, Any]]:
    """Fénix, as SOCIALACCOUNT_PROVIDERS wants its APPS; none where the portal isn't registered with it."""
    if bool(client_id) != bool(secret):
        raise ValueError("FENIX_CLIENT_ID and FENIX_CLIENT_SECRET go together.")
    if not client_id:
        return []
    settings = {"origins": [origin(url)], "verified_email": FENIX_DOMAINS}
    return [{"provider_id": "", "name": "Fénix", "client_id": client_id, "secret": secret, "settings": settings}]


def check_ids(*kinds: list[dict[str, Any]]) -> None:
    """Every provider has an id of its own: by it, accounts know through whom they are connected."""
    ids = [app["provider_id"] for apps in kinds for app in apps]
    for name in ids:
        if ids.count(name) > 1 or name in {"openid-connect", "saml", "fenix"}:
            raise ValueError(f"the id “{name}” is taken; each provider, of either kind, has one of its own.")
