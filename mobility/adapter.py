"""How allauth's accounts become the portal's people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import translation


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """A new account keeps the language in which it was made, and its e-mail in lower case."""
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.language = (translation.get_language() or "pt")[:2]
        if commit:
            user.save()
        return user
