"""Which of a city's languages a text is in.

Short messages are decided by their commonest words first: lingua errs on three words, and its
large models cost 90 MB for two languages, so its small ones serve for the rest.
"""

from collections.abc import Sequence
from typing import Final

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

from nlp.normalise import tokens
from nlp.rules.elements import common_words

#: What lingua must be surer by, of the best language over the city's first, to be believed.
_MARGIN: Final = 0.10


class LanguageIdentifier:
    """Tells the city's languages apart; the first of them is the answer where nothing is known."""

    def __init__(self, languages: Sequence[str]) -> None:
        if not languages:
            raise ValueError("a city speaks at least one language")
        self.languages = tuple(dict.fromkeys(languages))
        known = common_words()
        self._common = {code: known.get(code, frozenset()) for code in self.languages}
        self._lingua = _detector(self.languages)

    def identify(self, text: str) -> str:
        """The ISO 639-1 code of the text's language; never raises."""
        first = self.languages[0]
        if len(self.languages) == 1:
            return first
        row = tokens(text)
        hits = {code: sum(word in own for word in row) for code, own in self._common.items()}
        best = max(self.languages, key=hits.__getitem__)
        if hits[best] and sum(count == hits[best] for count in hits.values()) == 1:
            second = sorted(hits.values())[-2]
            if hits[best] >= 2 * second:
                return best
        return self._by_letters(text) or first

    def _by_letters(self, text: str) -> str | None:
        if self._lingua is None or not any(char.isalpha() for char in text):
            return None
        plain = text.encode("utf-8", "ignore").decode("utf-8")
        values = self._lingua.compute_language_confidence_values(plain)
        shares = {_code(value.language): value.value for value in values}
        best = max(shares, key=shares.__getitem__)
        first = shares.get(self.languages[0], 0.0)
        return best if shares[best] - first >= _MARGIN else None


def _detector(languages: Sequence[str]) -> LanguageDetector | None:
    known = {_code(language): language for language in Language.all()}
    chosen = [known[code] for code in languages if code in known]
    if len(chosen) < 2:
        return None
    return LanguageDetectorBuilder.from_languages(*chosen).with_low_accuracy_mode().build()


def _code(language: Language) -> str:
    iso: IsoCode639_1 = language.iso_code_639_1
    return str(iso.name.lower())
