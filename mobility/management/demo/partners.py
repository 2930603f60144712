"""Places at real partner institutions, as a file that NMCI would import."""

import csv
import io
from collections.abc import Sequence
from random import Random

from mobility.models import NetworkMember, Programme

# Technical universities of the charter list, by Erasmus code, and the language in which they teach.
# fmt: off
EUROPE = {
    "de": ("A  WIEN02", "A  GRAZ02", "D  BERLIN02", "D  AACHEN01", "D  DRESDEN02", "D  STUTTGA01", "D  MUNCHEN02",
               "D  KARLSRU01", "D  DARMSTA01", "D  HAMBURG03"),
    "fr": ("B  LOUVAIN01", "B  BRUXEL04", "B  LIEGE01", "F  GRENOBL22", "F  GIF-YVE03", "F  LYON12",
               "F  TOULOUS28", "F  NANTES07", "F  PALAISE01", "F  COMPIEG01"),
    "es": ("E  BARCELO03", "E  MADRID05", "E  VALENCI02", "E  ZARAGOZ01", "E  SEVILLA01", "E  BILBAO01"),
    "it": ("I  TORINO02", "I  MILANO02", "I  ROMA01", "I  PADOVA01", "I  BOLOGNA01", "I  PISA01", "I  TRENTO01",
                "I  GENOVA01"),
    "en": ("B  GENT01", "B  LEUVEN01", "B  ANTWERP01", "CZ PRAHA10", "CZ BRNO01", "DK LYNGBY01", "DK ALBORG01",
                "NL DELFT01", "NL EINDHOV17", "NL ENSCHED01", "N  TRONDHE01", "N  OSLO01", "S  LUND01", "S  STOCKHO04",
                "S  GOTEBOR02", "S  UPPSALA01", "S  LINKOPI01", "S  LULEA01", "SF ESPOO12", "SF TAMPERE17",
                "SF OULU01", "PL KRAKOW02", "PL WARSZAW02", "PL WROCLAW02", "PL GDANSK02", "PL POZNAN02",
                "HU BUDAPES02", "SI LJUBLJA01", "HR ZAGREB01", "G  ATHINE02", "G  THESSAL01", "EE TALLINN04",
                "LV RIGA02", "LT KAUNAS02", "TR ANKARA04", "TR ISTANBU04", "IRLDUBLIN01", "IRLCORK01", "LUXLUX-VIL01",
                "SK BRATISL01", "CY NICOSIA01", "IS REYKJAV01"),
}
# fmt: on
LEVEL = {"en": "B2", "de": "B1", "fr": "B1", "es": "A2", "it": "A2", "pt": ""}
# Where Santander's Ibero-American grants lead to.
IBERO_AMERICA = ("AR", "BR", "CL", "CO", "DO", "MX", "PA", "PE", "VE")
COLUMNS = ("erasmus_code", "name", "country", "mobility_programme", "academic_year", "kind", "places", "programmes",
           "language", "language_level", "valid_from", "valid_until")  # fmt: skip


def places_file(*, academic_year: int, kind: str, share: float, dice: Random) -> bytes:
    """Two places in three are open to all programmes; ``share`` scales how many partners offer any."""
    programmes = list(Programme.objects.all())
    rows = []
    for language, codes in EUROPE.items():
        rows += [
            {"erasmus_code": code, "mobility_programme": "erasmus"} | _pool(language, programmes, dice)
            for code in codes
            if dice.random() < share
        ]
    if kind == "SMS":
        rows += _overseas(programmes, dice)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    years = {"academic_year": academic_year, "kind": kind, "valid_from": 2021, "valid_until": academic_year + 2}
    writer.writerows(row | years for row in rows)
    return text.getvalue().encode()


def _pool(language: str, programmes: Sequence[Programme], dice: Random) -> dict[str, object]:
    several = dice.sample(list(programmes), k=dice.randint(6, 14)) if dice.random() < 0.3 else []
    return {
        "places": dice.choice((1, 2, 2, 2, 3, 3, 4)),
        "programmes": " ".join(sorted(programme.code for programme in several)),
        "language": language,
        "language_level": LEVEL[language],
    }


def _overseas(programmes: Sequence[Programme], dice: Random) -> list[dict[str, object]]:
    """Members of the Magalhães network in Ibero-America, under SMILE."""
    members = NetworkMember.objects.filter(network__code="magalhaes", institution__country__in=IBERO_AMERICA)
    listed = members.order_by("institution__sort_name").values_list("institution__name", "institution__country")
    return [
        {"name": name, "country": country, "mobility_programme": "smile"}
        | _pool("pt" if country == "BR" else "es", programmes, dice)
        for name, country in listed
    ]
