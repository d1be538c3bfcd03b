"""Which of the eight languages a message is in: by script, then by small words.

A statistical identifier was tried and left out: it took 90 MB and called
"visa extension" Spanish.
"""

import re

HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff\u3130-\u318f]")
KANA = re.compile(r"[\u3040-\u30ff]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
ARABIC = re.compile(r"[\u0600-\u06ff]")
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[a-zà-öø-ÿœ]+", re.IGNORECASE)

FRENCH = frozenset(
    "je j tu il elle nous vous ils le la les un une des du de mon ma mes est sont suis ai "
    "pour avec sans dans sur au aux que qui quoi quel quelle quels quelles comment combien où ou "
    "quand pourquoi bonjour merci faut dois puis peut chez cette ce ces pas ne l d qu c s police secours "
    "perdu visa passeport permis séjour carte aide bonsoir salut besoin".split()
)
SPANISH = frozenset(
    "yo tú él ella nosotros el la los las un una unos unas de del mi mis su es son soy está estoy "
    "para con sin en por al que qué quién cuál cómo cuánto cuánta cuántos dónde cuándo porque hola gracias "
    "debo puedo tengo necesito hay este esta ese no se me lo y o policía ayuda pasaporte permiso "
    "residencia visado perdí buenos días tardes socorro hacer donde como cuanto".split()
)
ENGLISH = frozenset(
    "i you he she it we they the a an of to in on at for with without my your is are am was do does did "
    "how what when where which who why can could may must should need want have has had and or not no hello hi "
    "please thanks help visa permit police there been be if me this that from by any get".split()
)


def language_of(text: str) -> str:
    """Return zh, en, ja, ko, ru, fr, es or ar; zh for what has no letters at all.

    A Chinese sentence with English words in it is Chinese; so is anything with Han
    characters and no kana or hangul.
    """
    for pattern, lang in ((HANGUL, "ko"), (KANA, "ja"), (ARABIC, "ar")):
        if pattern.search(text):
            return lang
    if HAN.search(text):
        return "zh"
    if CYRILLIC.search(text):
        return "ru"
    words = [w.lower() for w in LATIN.findall(text)]
    if not words:
        return "zh"
    return _latin(words, text)


def _latin(words: list[str], text: str) -> str:
    scores = {
        "en": sum(w in ENGLISH for w in words),
        "fr": sum(w in FRENCH for w in words) + len(re.findall(r"[êèçœùâîôû]", text.lower())),
        "es": sum(w in SPANISH for w in words) + 2 * len(re.findall(r"[¿¡ñáíóú]", text.lower())),
    }
    best = max(scores, key=lambda lang: (scores[lang], lang == "en"))
    return best if scores[best] > scores["en"] else "en"
