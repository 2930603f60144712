"""Compile the translation catalogues without system tools (``msgfmt`` isn't on a bare machine)."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Compile every locale/*/LC_MESSAGES/*.po to .mo; those that are up to date are left alone."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                compile_catalogue(source)


def compile_catalogue(source: Path) -> None:
    """Write the ``.mo`` beside the ``.po``. Raises CommandError with the line that can't be read."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
        return
    try:
        catalogue = polib.pofile(str(source), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{source} can't be read as a catalogue: {error}") from error
    catalogue.save_as_mofile(str(target))
