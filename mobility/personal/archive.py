"""The file that a person downloads: ``data.json`` for programs, ``index.html`` for people, and their documents."""

import io
import json
import zipfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation

from mobility.models import User
from mobility.personal import trail
from mobility.personal.contents import contents
from mobility.personal.reading import chapters

STYLE = Path(settings.BASE_DIR) / "static/css/archive.css"


class Encoder(DjangoJSONEncoder):
    """Dates, instants and decimals as Django writes them; what else there is, in words."""

    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def write(user: User, target: IO[bytes]) -> None:
    """The ZIP of everything about a person, in their language. It opens offline: nothing in it points elsewhere."""
    with translation.override(user.language), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        found = contents(user)
        archive.writestr("data.json", json.dumps(found, cls=Encoder, ensure_ascii=False, indent=1))
        archive.writestr("index.html", _index(user, found))
        archive.write(STYLE, "index.css")
        for number, document in enumerate(trail.files(user), start=1):
            with document.file.open("rb") as source, archive.open(_place(number, document.name), "w") as inside:
                while piece := source.read(io.DEFAULT_BUFFER_SIZE * 16):
                    inside.write(piece)


def _index(user: User, found: dict[str, Any]) -> str:
    context = {"person": user, "made_at": found["made_at"], "chapters": list(chapters(found))}
    return render_to_string("privacy/archive.html", context)


def _place(number: int, name: str) -> str:
    """A name that no program takes for a path out of the folder, and no two files share."""
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in name).lstrip(".")
    return f"files/{number:03} {plain}"
