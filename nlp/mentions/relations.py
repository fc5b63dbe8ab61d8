"""Words that say how something lies to a place: "behind", "opposite", "near"."""

from nlp.gazetteer.words import Words
from nlp.mentions.mentions import Mention, Read


def extra_metres(found: Read, mention: Mention, words: Words) -> float:
    """Metres that the words right before a mention add to its radius."""
    last = mention.first
    while last > 0 and found.keys[last - 1] in words.articles:
        last -= 1
    for size in (4, 3, 2, 1):
        if size <= last:
            phrase = tuple(found.keys[last - size : last])
            if phrase in words.relations:
                return words.relations[phrase]
    return 0.0
