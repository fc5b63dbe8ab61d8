"""The spaCy pipeline of one language: our components, versioned by name, over a blank tokeniser.

Components work on batches; what they hold (gazetteer, weights, rules) is shared by the pipelines of
all languages. spaCy forbids dots in the names of factories, hence the underscores.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp.geocoder.geocoder import Geocoder
from nlp.judgement import UNLEARNT, judge
from nlp.learning.classifier import Classifier, default_model
from nlp.learning.features import Sample
from nlp.redaction.redact import hidden_spans, redacted_with
from nlp.redaction.tagger import Tagger
from nlp.thresholds import Thresholds

#: Everything our components write on a Doc.
EXTENSIONS: Final = (
    "query",
    "findings",
    "places",
    "location",
    "prediction",
    "judgement",
    "redacted",
)
for _name in EXTENSIONS:
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class Component:
    """A step over a batch of Docs; writes its answers on their extensions."""

    def __init__(self, step: Callable[[Sequence[Doc]], None]) -> None:
        self._step = step

    def __call__(self, doc: Doc) -> Doc:
        """Work on one Doc."""
        self._step([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], batch_size: int = 64) -> Iterator[Doc]:
        """Work on a stream, a batch at a time, in order."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            self._step(batch)
            yield from batch


@lru_cache(maxsize=4)
def _geocoder(pack: str, languages: tuple[str, ...]) -> Geocoder:
    return Geocoder.open(Path(pack), languages)


@lru_cache(maxsize=4)
def classifier_at(model: str | None) -> Classifier:
    """The classifier of a model folder (None: the shipped one), loaded once. Raises ModelError."""
    return Classifier.load(Path(model) if model else None)


@lru_cache(maxsize=4)
def tagger_at(model: str | None) -> Tagger | None:
    """The tagger of a model folder (None: the shipped one), loaded once; None if it holds none.

    Raises TaggerError.
    """
    return Tagger.load(Path(model) if model else default_model())


@Language.factory("lamplighter_places_v1")
def make_places(nlp: Language, name: str, pack: str, languages: list[str]) -> Component:
    """Places and the location of the message."""
    geocoder = _geocoder(pack, tuple(languages))

    def step(docs: Sequence[Doc]) -> None:
        found = geocoder.locate_many([doc._.query for doc in docs])
        for doc, (places, location) in zip(docs, found, strict=True):
            doc._.places, doc._.location = places, location

    return Component(step)


@Language.factory("lamplighter_concern_classifier_v2")
def make_classifier(nlp: Language, name: str, model: str | None, language: str) -> Component:
    """Calibrated probabilities of categories, intents and signals."""
    classifier = classifier_at(model)
    learnt = language in classifier.languages

    def step(docs: Sequence[Doc]) -> None:
        samples = [Sample(doc._.query.text, doc._.findings.marks) for doc in docs]
        predictions = classifier.predict(samples)
        for doc, prediction in zip(docs, predictions, strict=True):
            doc._.prediction = prediction if learnt else UNLEARNT

    return Component(step)


@Language.factory("lamplighter_judgement_v3")
def make_judgement(nlp: Language, name: str, model: str | None, language: str) -> Component:
    """Intent, category, urgency and filing from everything before."""
    limits = Thresholds.of_model(classifier_at(model).settings, language)

    def step(docs: Sequence[Doc]) -> None:
        for doc in docs:
            own = doc._
            placed = own.location.why not in ("none", "home", "pin") and bool(own.places)
            own.judgement = judge(own.prediction, own.findings, limits, placed=placed)

    return Component(step)


@Language.factory("lamplighter_redaction_v2")
def make_redaction(nlp: Language, name: str, model: str | None) -> Component:
    """The text that staff may see."""
    tagger = tagger_at(model)

    def step(docs: Sequence[Doc]) -> None:
        texts = [doc._.query.text for doc in docs]
        tags = tagger.tag_many(texts) if tagger else [None] * len(texts)
        for doc, text, tagged in zip(docs, texts, tags, strict=True):
            kept = doc._.judgement.category in ("missing_person", "hate_incident")
            spans = hidden_spans(text, doc._.places, keep_descriptions=kept, tagged=tagged)
            doc._.redacted = redacted_with(text, spans)

    return Component(step)


def build_pipeline(
    language: str, pack: Path, languages: Sequence[str], model: Path | None
) -> Language:
    """Our pipeline for one language of a city; spaCy's "xx" serves languages it does not know."""
    nlp = spacy.blank(language if find_spec(f"spacy.lang.{language}") else "xx")
    folder = str(model) if model else None
    spoken = list(languages)
    nlp.add_pipe("lamplighter_places_v1", config={"pack": str(pack), "languages": spoken})
    nlp.add_pipe(
        "lamplighter_concern_classifier_v2", config={"model": folder, "language": language}
    )
    nlp.add_pipe("lamplighter_judgement_v3", config={"model": folder, "language": language})
    nlp.add_pipe("lamplighter_redaction_v2", config={"model": folder})
    return nlp
