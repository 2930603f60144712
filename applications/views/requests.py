"""What a view receives once somebody has signed in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from mobility.models import User


class PersonRequest(HttpRequest):
    """A request of somebody known: sign-in is required unless a view opts out."""

    user: User
    htmx: HtmxDetails
