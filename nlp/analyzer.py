"""Understanding residents' messages: the one door into this package for the service."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final, Self

from spacy.language import Language
from spacy.tokens import Doc

from nlp.analysis import Analysis, Query
from nlp.language import LanguageIdentifier
from nlp.pipeline import build_pipeline
from nlp.rules.findings import Finder

#: Docs that go through a component at once.
BATCH: Final = 128


class Analyzer:
    """Analyses messages of one city. Not for several threads at once."""

    #: Words that spaCy keeps for each language.
    words_kept = 20_000

    def __init__(
        self, language: LanguageIdentifier, finder: Finder, pipelines: dict[str, Language]
    ) -> None:
        self._language = language
        self._finder = finder
        self._pipelines = pipelines

    @classmethod
    def load(cls, pack: Path, languages: Sequence[str], model: Path | None = None) -> Self:
        """Open a city pack for its languages (ISO 639-1, the city's first language first).

        `model` is a folder written by `nlp.learning.training.train`, by default the shipped one.
        Raises `nlp.learning.classifier.ModelError` for a broken model, and what `Geocoder.open`
        raises.
        """
        pipelines = {
            language: build_pipeline(language, pack, languages, model) for language in languages
        }
        return cls(LanguageIdentifier(languages), Finder(languages), pipelines)

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        """Analyse messages; the answers are in the order of the queries."""
        groups: dict[str, list[int]] = defaultdict(list)
        for number, query in enumerate(queries):
            groups[self._language.identify(query.text)].append(number)
        answers: dict[int, Analysis] = {}
        for language, numbers in groups.items():
            pipeline = self._pipelines[language]
            with self._forgetting(pipeline):
                docs = [self._doc(pipeline, queries[number], language) for number in numbers]
                for number, doc in zip(numbers, pipeline.pipe(docs, batch_size=BATCH), strict=True):
                    answers[number] = _analysis(language, doc)
        return [answers[number] for number in range(len(queries))]

    def _forgetting(self, pipeline: Language) -> AbstractContextManager[object]:
        """Once it knows many words, spaCy forgets those that are new to it after the batch.

        It would note every number and slip for ever; forgetting from the first word on would have
        it take every text apart anew, which costs a third of the whole analysis.
        """
        known = len(pipeline.vocab.strings)
        return pipeline.memory_zone() if known >= self.words_kept else nullcontext()

    def _doc(self, pipeline: Language, query: Query, language: str) -> Doc:
        doc = pipeline.make_doc(query.text.encode("utf-8", "replace").decode("utf-8"))
        doc._.query = query
        doc._.findings = self._finder.find(query.text, language)
        return doc


def _analysis(language: str, doc: Doc) -> Analysis:
    own = doc._
    judgement = own.judgement
    return Analysis(
        language=language,
        intent=judgement.intent,
        category=judgement.category,
        categories=judgement.categories,
        urgency=judgement.urgency,
        flags=judgement.flags,
        file=judgement.file,
        behaviour_missing=judgement.behaviour_missing,
        danger=judgement.danger,
        places=own.places,
        location=own.location,
        redacted=own.redacted,
    )


def analysis_to_dict(id_: object, analysis: Analysis) -> dict[str, Any]:
    """One line of `lamplighter analyze`; `id_` is what the line that came in was called."""
    location = analysis.location
    return {
        "id": id_,
        "language": analysis.language,
        "intent": analysis.intent.value,
        "category": analysis.category,
        "categories": [list(pair) for pair in analysis.categories],
        "urgency": analysis.urgency.value,
        "flags": list(analysis.flags),
        "file": analysis.file,
        "behaviour_missing": analysis.behaviour_missing,
        "danger": {
            "emergency": analysis.danger.emergency,
            "page": analysis.danger.page,
            "unsure": analysis.danger.unsure,
            "rules": list(analysis.danger.rules),
        },
        "places": [
            {
                "text": place.text,
                "start": place.start,
                "end": place.end,
                "kind": place.kind,
                "name": place.name,
                "latitude": place.latitude,
                "longitude": place.longitude,
                "radius_m": place.radius_m,
                "confidence": place.confidence,
            }
            for place in analysis.places
        ],
        "area": location.area,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "radius_m": location.radius_m,
        "confidence": location.confidence,
        "redacted": analysis.redacted,
    }
