"""The destinations of a call as people look for them."""

from collections.abc import Iterable

from django.db.models import Q
from django_countries import countries

from mobility.models import Destination, folded
from mobility.models.calls import DestinationQuerySet


def matching(destinations: DestinationQuerySet, typed: str) -> DestinationQuerySet:
    """Those whose university, city or country (in the reader's language) has every word typed."""
    words = folded(typed).split()
    places = destinations.order_by().values_list("institution", "institution__city").distinct() if words else ()
    cities = [(pk, folded(city)) for pk, city in places]
    for word in words:
        codes = [code for code, name in countries if word in folded(name)]
        in_cities = [pk for pk, city in cities if word in city]
        destinations = destinations.filter(
            Q(institution__sort_name__contains=word)
            | Q(institution__in=in_cities)
            | Q(institution__country__in=codes)
            | Q(code__icontains=word)
        )
    return destinations


def by_country_name(destinations: Iterable[Destination]) -> list[Destination]:
    """In the order of the countries' names as the reader calls them, then of the universities'."""
    names = dict(countries)

    def place(found: Destination) -> tuple[str, str, str]:
        country = str(found.institution.country)
        return folded(str(names.get(country, country))), found.institution.sort_name, found.code

    return sorted(destinations, key=place)
