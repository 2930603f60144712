"""Fénix as a way to sign in, in the terms of allauth."""

from typing import Any

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest

from mobility.fenix.views import FenixAdapter
from mobility.services.fenix import answers


class FenixAccount(ProviderAccount):
    def to_str(self) -> str:
        return str(self.account.uid)


class FenixProvider(OAuth2Provider):
    """Who somebody is, is the ``username`` (istNNNNN): the university gives it once and to one person."""

    id = "fenix"
    name = "Fénix"
    account_class = FenixAccount
    oauth2_adapter_class = FenixAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        return answers.read_person(data).username

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        person = answers.read_person(data)
        return {"username": person.username, "name": person.name, "email": person.email}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is kept: the degrees and roles, and the username as what the university knows the person by."""
        return {**data, "institutional_id": answers.read_person(data).username}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """What is asked for was agreed when the portal was registered with Fénix; a link can't ask for more."""
        return []

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return {}


provider_classes = [FenixProvider]
