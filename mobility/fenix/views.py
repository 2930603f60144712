"""The steps of the OAuth2 flow that are Fénix's own; the flow itself, with its ``state``, is allauth's.

A callback without the ``state`` that this browser was sent out with is refused: nobody is signed in as somebody else
by a link (login CSRF), whatever Fénix does.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from requests import RequestException

from mobility.adapter import sign_in_failed
from mobility.services.fenix import answers, asking, fetches


class FenixClient(OAuth2Client):
    def get_access_token(self, *args: Any, **kwargs: Any) -> dict[str, str]:
        """The library's error carries the answer, and a connection's the address: neither is for a page or a log."""
        try:
            answer = super().get_access_token(*args, **kwargs)
        except RequestException as error:
            # An answer that isn't JSON is one of these too.
            if isinstance(error, ValueError):
                raise ProviderException("nonsense") from None
            raise RequestException("no answer") from None
        except OAuth2Error:
            # Fénix refuses a code that is wrong, used or older than some minutes.
            raise OAuth2Error("no token") from None
        except (KeyError, TypeError, ValueError):
            raise ProviderException("nonsense") from None
        if not isinstance(answer.get("access_token"), str):
            raise ProviderException("nonsense")
        return {"access_token": answer["access_token"]}


class FenixAdapter(OAuth2Adapter):
    provider_id = "fenix"
    client_class = FenixClient
    # Who came back from Fénix, for the view.
    login: Any = None

    @property
    def authorize_url(self) -> str:
        return f"{settings.FENIX_URL}/oauth/userdialog"

    @property
    def access_token_url(self) -> str:
        return f"{settings.FENIX_URL}/oauth/access_token"

    def get_access_token_data(self, request: HttpRequest, app: Any, client: Any, **kwargs: Any) -> dict[str, str]:
        try:
            found: dict[str, str] = super().get_access_token_data(request, app, client, **kwargs)
        except OAuth2Error:
            raise ImmediateHttpResponse(sign_in_failed(request, self.get_provider(), "expired")) from None
        return found

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Who it is. Of what Fénix answers, only what the portal needs goes any further."""
        try:
            person = answers.needed(asking.ask("person", token=token.token))
            self.login = self.get_provider().sociallogin_from_response(request, person)
        except asking.UnreachableError:
            raise RequestException("no answer") from None
        except (asking.AskingError, answers.NonsenseError):
            raise ProviderException("nonsense") from None
        return self.login


class FenixLoginView(OAuth2LoginView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _only_where_offered()
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class FenixCallbackView(OAuth2CallbackView):
    adapter: FenixAdapter

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _only_where_offered()
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        login = self.adapter.login
        if login is not None and login.state.get("process") == AuthProcess.REDIRECT:
            _refresh(request, login)
        return response


def _only_where_offered() -> None:
    if not asking.offered():
        raise Http404


def _refresh(request: HttpRequest, login: Any) -> None:
    """Somebody who is signed in asked for the record again: it comes when Fénix knows them as the same person."""
    username = login.account.uid
    if request.user.is_anonymous:
        return
    if not fetches.is_same_person(user=request.user, username=username):
        messages.error(
            request,
            _("In Fénix you are signed in as %(username)s, and this account is another person's. Nothing was changed.")
            % {"username": username},
        )
        return
    fetches.begin(user=request.user, person=login.account.extra_data, token=login.token.token, by=request.user)
    messages.success(request, _("Fénix was asked for your record. It is here in a moment."))


oauth2_login = FenixLoginView.adapter_view(FenixAdapter)
oauth2_callback = FenixCallbackView.adapter_view(FenixAdapter)
