"""Languages of teaching become codes; until now they were the words of the imported file."""

from typing import Any

from django.db import migrations

# As mobility.languages knew them when this was written.
CODES = {
    "bulgarian": "bg", "catalan": "ca", "czech": "cs", "danish": "da", "german": "de", "greek": "el", "english": "en",
    "spanish": "es", "estonian": "et", "basque": "eu", "finnish": "fi", "french": "fr", "irish": "ga",
    "galician": "gl", "croatian": "hr", "hungarian": "hu", "icelandic": "is", "italian": "it", "japanese": "ja",
    "korean": "ko", "lithuanian": "lt", "latvian": "lv", "macedonian": "mk", "maltese": "mt", "dutch": "nl",
    "norwegian": "no", "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "slovak": "sk",
    "slovenian": "sl", "albanian": "sq", "serbian": "sr", "swedish": "sv", "turkish": "tr", "ukrainian": "uk",
    "chinese": "zh",
}  # fmt: skip


def to_codes(apps: Any, schema_editor: Any) -> None:
    """A word that isn't known stays: it is shown as it was written."""
    for name in ("AgreementPlaces", "Destination"):
        rows = apps.get_model("mobility", name).objects.using(schema_editor.connection.alias)
        for word, code in CODES.items():
            rows.filter(language__iexact=word).update(language=code)


class Migration(migrations.Migration):
    dependencies = [("mobility", "0002_longer_erasmus_codes")]

    operations = [migrations.RunPython(to_codes, migrations.RunPython.noop, elidable=True)]
