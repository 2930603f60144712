"""Names of institutions and cities as people read them.

The list of charter holders writes most of them in capitals. What is stored stays official; pages, e-mails and
documents show what is made here. Names that have a small letter anywhere are somebody's decision and stay.
"""

import re
import unicodedata
from functools import lru_cache

# Articles, prepositions and conjunctions that stay small inside a name, accents left out: of Romance and
# Germanic languages, of English, of the languages of the East and of Turkish.
_SMALL = """
    a al als as aux con com d da das de degli dei del della delle dello dels des di din do dos du e el els em en
    es et i il in l la las le les lo los na nas nel nella no nos o os para per pentru por pour si sous sur y
    am an auf aus bei beim bij den der des die dem fur fuer het im in mit och of og op te ten ter und van vid
    vom von voor zu zum zur
    and at by for in of on the to with
    a dhe i im ile k na nad o po pod pre pri pro s u v ve w we z za ze
"""
# Before these an article or preposition is part of the name: Le Havre, La Rioja, Da Vinci.
_WITH_ARTICLE = "haag hague havre mans rochelle reunion rioja laguna coruna palmas salle sapienza vinci"
# Written in capitals by those who bear them, and words nobody can tell from acronyms by their letters.
_ACRONYMS = """
    AB AG AGH AP AS ASBL BHI BI BOKU BV CDA CES CEU CFA CIFP CNAM CPIFP CRL CUAS DTU ECAM ECE EFREI EHU EM
    EMLYON EPF EPITA EPLEFPA ESADE ESC ESCP ESEO ESIC ESIEE ESILV ESTP ETH EURECOM EV FH FP HAN HAW HEC HEI HES
    HTW HU ICAM ICN IE IEP IES IESEG IFAS IFP IFSI IMC IMT INP INS INSA ISAE ISCTE ISEL ISEN ISEP ISG ISPA IT
    ITMO ITS ITU KEA KIT LAB LEAP LEGT LEGTA LGT LHII LPO LUT MCI MU NHL NTNU OGEC OPS OTH OY SA SAE SAS SCA SI
    SL SLU SMK SRL SUPSI TH TU UAB UBI UC UCL UCLY UDIT UIC UIT UMIT UPC USI UTBM UTC UTT VIA VU VZW WSB WSEI WU
    WWU
"""
SMALL, WITH_ARTICLE, ACRONYMS = (frozenset(words.split()) for words in (_SMALL, _WITH_ARTICLE, _ACRONYMS))
# What is written neither small nor in capitals.
SPECIAL = {
    "centralesupelec": "CentraleSupelec",
    "sr": "sr",
    "gmbh": "GmbH",
    "ggmbh": "gGmbH",
    "mbh": "mbH",
    "d'annunzio": "D'Annunzio",
}
# Without a vowel, and yet no acronyms.
ABBREVIATED = frozenset({"dr", "ltd", "mr", "mrs", "ms", "prof", "st", "str", "sv", "nr", "hl"})
ARTICLES = frozenset({"el", "il", "la", "las", "le", "les", "lo", "los"})
ELISIONS = frozenset({"d", "dell", "all", "dall", "nell", "sull"})
CEDEX = re.compile(r" CEDEX(?: \d+)?$", re.IGNORECASE)
ROMAN = re.compile(r"(?:X{0,2})(?:IX|IV|V?I{1,3}|VI{0,3})|X{1,2}")
WORD = re.compile(r"[^\W_]+(?:['’´][^\W_]+)*")
INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.)+(?:[^\W\d_](?!\w))?")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("´", "'").replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def _capitalised(word: str) -> str:
    # "İ" in small letters would be "i" and a second dot above it.
    return word[:1] + word[1:].replace("İ", "i").lower()


@lru_cache(maxsize=8192)
def readable(name: str) -> str:
    """The name of an institution, in capitals only where they mean something."""
    name = " ".join(name.split())
    if name != name.upper() or (WORD.fullmatch(name) and len(name) <= 5):
        return name
    return _each_word(name, acronyms=True)


@lru_cache(maxsize=8192)
def readable_place(name: str) -> str:
    """The name of a city, in capitals only where they mean something, without what only the French post reads."""
    name = CEDEX.sub("", " ".join(name.split()))
    return _each_word(name.upper(), acronyms=False) if name in {name.upper(), name.lower()} else name


def _each_word(name: str, *, acronyms: bool) -> str:
    initials = {position for found in INITIALS.finditer(name) for position in range(*found.span())}
    words = list(WORD.finditer(name))
    pieces, end = [], 0
    before = after_capitals = ""
    for index, found in enumerate(words):
        gap, word = name[end : found.start()], found.group()
        plain = _plain(word)
        following = _plain(words[index + 1].group()) if index + 1 < len(words) else ""
        if found.start() in initials or (acronyms and _is_acronym(word, name, _in_brackets(name, found))):
            after_capitals = word
        else:
            named = following in WITH_ARTICLE or (plain in ARTICLES and after_capitals)
            if _begins(gap, index) or named:
                word = _titled(word, before="")
            elif plain in SMALL and (plain == "im" or name[found.end() :][:1] != "."):
                word = word.lower()
            else:
                word = _titled(word, before=before)
            after_capitals = ""
        pieces += [gap, word]
        end, before = found.end(), plain
    return "".join([*pieces, name[end:]])


def _begins(gap: str, index: int) -> bool:
    """Whether a word starts a name, or a second name after a stroke, a bracket, a quotation mark."""
    return index == 0 or bool(re.search(r"[/:|_]\s*$|[(\"“„«]$|\s[-–]\s*$|-\s$", gap))


def _in_brackets(name: str, found: re.Match[str]) -> bool:
    return name[: found.start()].endswith("(") and name[found.end() :].startswith(")")


def _is_acronym(word: str, name: str, in_brackets: bool) -> bool:
    plain = _plain(word)
    if plain in SPECIAL or plain in ABBREVIATED or plain in SMALL or "'" in plain:
        return False
    if word in ACRONYMS or ROMAN.fullmatch(word):
        return True
    if in_brackets and len(word) <= 8:
        return len(word) <= 3 or _spelt_by(plain, _plain(name).replace(f"({plain})", ""))
    return 2 <= len(word) <= 5 and word.isalpha() and not set(plain) & set("aeiouyøæœı")


def _spelt_by(letters: str, name: str) -> bool:
    """Whether the letters come in the name in that order, the first at the beginning of a word."""
    rest = iter(name)
    return bool(re.search(rf"\b{re.escape(letters[0])}", name)) and all(letter in rest for letter in letters)


def _titled(word: str, before: str) -> str:
    """One word with its first letter large; what an elision leaves (d', l', dell') is small inside a name."""
    plain = _plain(word)
    if plain in SPECIAL:
        return SPECIAL[plain]
    parts = re.split(r"(['’´])", word)
    titled = [_capitalised(part) for part in parts]
    if len(parts) > 1 and len(parts[-1]) == 1:
        titled[-1] = parts[-1].lower()
    head = _plain(parts[0])
    if len(parts) > 1 and before and (head in ELISIONS or (head == "l" and before in SMALL)):
        titled[0] = titled[0].lower()
    return "".join(titled)
