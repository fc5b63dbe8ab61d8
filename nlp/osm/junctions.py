"""Where streets meet: the nodes that ways of different names share."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import shapely

from nlp.citypack.place import PlaceSource


class Junctions:
    """The nodes of all named streets, 28 bytes each."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._nodes = array("q")
        self._streets = array("I")
        self._spots = array("d")

    def add(self, name: str, nodes: Sequence[tuple[int, float, float]]) -> None:
        """Take in one way: (node id, longitude, latitude) in its order."""
        number = self._names.setdefault(name, len(self._names))
        for node, lon, lat in nodes:
            self._nodes.append(node)
            self._streets.append(number)
            self._spots.extend((lon, lat))

    def places(self, file: str) -> Iterator[PlaceSource]:
        """A crossing for every two names at every shared node, in the order of the nodes."""
        nodes = np.array(self._nodes, dtype=np.int64)
        streets = np.array(self._streets, dtype=np.int64)
        spots = np.array(self._spots, dtype=float).reshape(-1, 2)
        names = list(self._names)
        order = np.lexsort((streets, nodes))
        bounds = np.flatnonzero(np.diff(nodes[order])) + 1
        for group in np.split(order, bounds):
            if len(group) < 2:
                continue
            meeting = sorted({names[i] for i in streets[group].tolist()})
            spot = shapely.Point(spots[group[0]])
            for one, other in combinations(meeting, 2):
                yield PlaceSource(
                    where=f"{file}, n{int(nodes[group[0]])}",
                    name=f"{one} & {other}",
                    kind="intersection",
                    aliases=(),
                    area=None,
                    geometry=spot,
                    streets=(one, other),
                )
