"""What holds for every answer of the portal, whatever the page."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def keep_private(get_response: GetResponse) -> GetResponse:
    """Nothing that a signed-in person reads is stored, not even by the browser.

    On a shared computer the back button would show it to whoever sits down next. A page that says
    itself how it may be stored is left alone.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response

    return answer
