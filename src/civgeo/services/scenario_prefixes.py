"""Lists of edits that were carried out lately, and what stood after them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from civgeo.analysis.scenario_reach import Walks
from civgeo.domain.facility import FacilityKind
from civgeo.domain.scenario_edits import ScenarioEdit

__all__ = ["KindWalks", "Prefixes"]

MOST_BYTES = 128_000_000
FEWEST_KEPT = 16
_BYTES_A_NODE = 8


@dataclass(frozen=True, slots=True, eq=False)
class KindWalks:
    """Walks to one kind after some edits.

    Parameters
    ----------
    walks
        Those.
    ids, names
        Facility at each position; one that edit number 3 adds has the id ``edit-3``.
    position
        The other way round.
    """

    walks: Walks
    ids: tuple[str, ...]
    names: tuple[str, ...]
    position: Mapping[str, int]


class Prefixes:
    """The last lists of edits that were carried out on a ground, with their walks."""

    def __init__(self, nodes: int) -> None:
        self._most = max(FEWEST_KEPT, MOST_BYTES // (_BYTES_A_NODE * max(nodes, 1)))
        self._kept: OrderedDict[
            tuple[FacilityKind, int], tuple[Sequence[ScenarioEdit], KindWalks]
        ] = OrderedDict()
        self._first: dict[FacilityKind, KindWalks] = {}
        self._lock = Lock()

    def longest(
        self, kind: FacilityKind, edits: Sequence[ScenarioEdit], marks: Sequence[int]
    ) -> KindWalks | None:
        """Walks after as many of the first edits as are known; None when none are."""
        with self._lock:
            for count in range(len(edits), 0, -1):
                known = self._kept.get((kind, marks[count]))
                if known is not None and known[0] == edits[:count]:
                    self._kept.move_to_end((kind, marks[count]))
                    return known[1]
            return self._first.get(kind)

    def keep(
        self, kind: FacilityKind, edits: Sequence[ScenarioEdit], mark: int, walks: KindWalks
    ) -> None:
        """Keep the walks after `edits`; the least used ones give way, the present ones never do."""
        with self._lock:
            if not edits:
                self._first[kind] = walks
                return
            self._kept[kind, mark] = (edits, walks)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
