"""Draw docs/workflows.md from the transition tables."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from mobility.workflow import Table

HEAD = """# Workflows

Drawn from the transition tables by `make workflows`; a test keeps it true. A table is also the permission table of its
document: an action that isn't in it can't happen, and nobody but those named can do it. "portal" is a task that nobody
clicked.
"""


class Command(BaseCommand):
    help = "Draw docs/workflows.md from the transition tables."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs/workflows.md"
        path.write_text(drawing(), encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is drawn")


def tables() -> Iterator[Table]:
    """Every table of the workflow modules, in the order of the apps."""
    for config in apps.get_app_configs():
        name = f"{config.name}.workflow"
        if config.name in settings.PORTAL_APPS and find_spec(name):
            yield from (value for value in vars(import_module(name)).values() if isinstance(value, Table))


def drawing() -> str:
    """The whole document, in English whatever language is active."""
    with translation.override("en"):
        return "\n".join([HEAD, *(section(table) for table in tables())])


def section(table: Table) -> str:
    states = list(dict.fromkeys(s for t in table.transitions for s in (*t.sources, t.target)))
    return "\n".join(
        [
            f"## {table.model.__name__}",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *(f'    state "{table.state_name(state)}" as {state}_' for state in states),
            *(
                f"    {source}_ --> {line.target}_: {line.action}"
                for line in table.transitions
                for source in line.sources
            ),
            "```",
            "",
            "| action | from | to | who | clause |",
            "|---|---|---|---|---|",
            *(
                f"| {line.action} | {', '.join(table.state_name(s) for s in line.sources)} "
                f"| {table.state_name(line.target)} | {who(line.who.name)} | {line.clause} |"
                for line in table.transitions
            ),
            "",
        ]
    )


def who(predicate: str) -> str:
    """A predicate's name as words: ``(holds_nmci | is_portal)`` is "nmci or portal"."""
    words = predicate.strip("()").replace(" | ", " or ").replace(" & ", " and ")
    for prefix in ("holds_", "is_"):
        words = words.replace(prefix, "")
    return words.replace("_", " ")
