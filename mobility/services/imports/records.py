"""JSON: a list of objects, as published lists of universities come."""

import json
from typing import Any

from django.utils.translation import gettext as _

from mobility.services.imports.delimited import decode
from mobility.services.imports.problems import refuse
from mobility.services.imports.sheets import Sheet


def read(content: bytes) -> Sheet:
    """One row per object, the keys of all of them as columns; of a list in a cell, its first item."""
    text, notices = decode(content)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise refuse(_("this isn't JSON: %(error)s.") % {"error": error.msg}, error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise refuse(_("The file isn't a list of objects.")) from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise refuse(_("The file isn't a list of objects."))
    columns = list(dict.fromkeys(key for item in found for key in item))
    sheet = Sheet(notices=notices)
    if found:
        sheet.add(1, columns)
    for number, item in enumerate(found, start=2):
        sheet.add(number, [_text(item.get(column)) for column in columns])
    return sheet


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
