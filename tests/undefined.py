"""What a template variable that nobody set turns into under test: a failure that names variable and template."""

import sys
from pathlib import Path
from types import FrameType

OURS = Path(__file__).parents[1] / "templates"


class UndefinedVariableError(Exception):
    """Deliberately not a LookupError or an AttributeError: templates pass over those."""


def rendering() -> Path | None:
    """The file of the innermost template that is being rendered."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        origin = getattr(frame.f_locals.get("self"), "origin", None)
        if frame.f_code.co_name in {"render", "_render", "render_annotated"} and origin is not None:
            return Path(origin.name)
        frame = frame.f_back
    return None


class Undefined(str):
    """Django puts ``string_if_invalid`` in place of a missing variable, asking first whether it has a ``%s``.

    Libraries' own templates use variables that may be missing, and stay as they are.
    """

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        template = rendering()
        if template is not None and OURS in template.parents:
            raise UndefinedVariableError(f"“{variable}” isn't defined in {template.relative_to(OURS)}")
        return ""
