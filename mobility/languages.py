"""Languages of teaching: stored by their ISO 639-1 codes, told in the reader's language."""

import unicodedata

from django.utils import translation
from django.utils.translation import pgettext_lazy

LANGUAGES = {
    "bg": pgettext_lazy("language", "Bulgarian"),
    "ca": pgettext_lazy("language", "Catalan"),
    "cs": pgettext_lazy("language", "Czech"),
    "da": pgettext_lazy("language", "Danish"),
    "de": pgettext_lazy("language", "German"),
    "el": pgettext_lazy("language", "Greek"),
    "en": pgettext_lazy("language", "English"),
    "es": pgettext_lazy("language", "Spanish"),
    "et": pgettext_lazy("language", "Estonian"),
    "eu": pgettext_lazy("language", "Basque"),
    "fi": pgettext_lazy("language", "Finnish"),
    "fr": pgettext_lazy("language", "French"),
    "ga": pgettext_lazy("language", "Irish"),
    "gl": pgettext_lazy("language", "Galician"),
    "hr": pgettext_lazy("language", "Croatian"),
    "hu": pgettext_lazy("language", "Hungarian"),
    "is": pgettext_lazy("language", "Icelandic"),
    "it": pgettext_lazy("language", "Italian"),
    "ja": pgettext_lazy("language", "Japanese"),
    "ko": pgettext_lazy("language", "Korean"),
    "lt": pgettext_lazy("language", "Lithuanian"),
    "lv": pgettext_lazy("language", "Latvian"),
    "mk": pgettext_lazy("language", "Macedonian"),
    "mt": pgettext_lazy("language", "Maltese"),
    "nl": pgettext_lazy("language", "Dutch"),
    "no": pgettext_lazy("language", "Norwegian"),
    "pl": pgettext_lazy("language", "Polish"),
    "pt": pgettext_lazy("language", "Portuguese"),
    "ro": pgettext_lazy("language", "Romanian"),
    "ru": pgettext_lazy("language", "Russian"),
    "sk": pgettext_lazy("language", "Slovak"),
    "sl": pgettext_lazy("language", "Slovenian"),
    "sq": pgettext_lazy("language", "Albanian"),
    "sr": pgettext_lazy("language", "Serbian"),
    "sv": pgettext_lazy("language", "Swedish"),
    "tr": pgettext_lazy("language", "Turkish"),
    "uk": pgettext_lazy("language", "Ukrainian"),
    "zh": pgettext_lazy("language", "Chinese"),
}


def language_name(code: str) -> str:
    """The language in the reader's language; what isn't a known code as it is written."""
    return str(LANGUAGES.get(code, code))


def language_code(written: str) -> str:
    """The code of a language written as its code, or by its name in English or Portuguese. Raises ValueError."""
    wanted = _plain(written)
    for code in LANGUAGES:
        if wanted == code:
            return code
        for readers in ("en", "pt"):
            with translation.override(readers):
                if wanted == _plain(language_name(code)):
                    return code
    raise ValueError(written)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
