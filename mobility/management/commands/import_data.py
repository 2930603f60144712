"""Import a file of institutions, programmes, places and so on: all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mobility.services.imports.files import SHIPPED, apply, preview
from mobility.services.imports.kinds import KINDS
from mobility.services.imports.plan import Plan
from mobility.services.imports.problems import ImportRefused
from mobility.services.imports.reading import LARGEST

SHOWN = 50
USAGE = 2


class Command(BaseCommand):
    help = (
        "Import FILE (CSV, XLSX or JSON), all of it or nothing; running twice changes nothing. Without FILE, the file "
        "of that KIND that comes with the portal; KIND `all`: every one of these. "
        "Exit code 1: the file was refused and nothing was written; 2: wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=[*KINDS, "all"], metavar="KIND", help=", ".join([*KINDS, "all"]))
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="show what would change and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, file = options["kind"], options["file"]
        if kind == "all" and file:
            raise CommandError("KIND `all` takes no FILE.", returncode=USAGE)
        kinds = [code for code in KINDS if KINDS[code].shipped] if kind == "all" else [kind]
        for code in kinds:
            self._import(code, file, dry=options["dry_run"])

    def _import(self, kind: str, file: Path | None, *, dry: bool) -> None:
        path = file or (SHIPPED / KINDS[kind].shipped if KINDS[kind].shipped else None)
        if path is None:
            raise CommandError(f"No file of the kind {kind} comes with the portal: name one.", returncode=USAGE)
        content = _content(path)
        try:
            plan = (preview(kind=kind, name=path.name, content=content) if dry
                    else apply(kind=kind, name=path.name, content=content, by=None))  # fmt: skip
            if plan.problems:
                raise ImportRefused(*plan.problems)
        except ImportRefused as refused:
            for problem in refused.problems[:SHOWN]:
                self.stderr.write(str(problem))
            raise CommandError(
                f"{path.name}: {len(refused.problems)} problems, nothing was written.", returncode=1
            ) from refused
        self._say(kind, plan, dry=dry)

    def _say(self, kind: str, plan: Plan, *, dry: bool) -> None:
        for notice in plan.notices[:SHOWN]:
            self.stdout.write(f"  {notice}")
        counts = ", ".join(f"{count} {what}" for what, count in plan.counts.items())
        self.stdout.write(f"{kind}: {counts}{' (dry run: nothing was written)' if dry else ''}")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than is accepted: enough to refuse a file that would fill the memory.
            return file.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.", returncode=USAGE) from error
