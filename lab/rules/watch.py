"""Follows a running lab's timeline with a judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import inf

from lab.contract import Capability, Lab, Mode
from lab.errors import FaultNotProven
from lab.findings import Finding
from lab.history import LONG_AGO, ROLES
from lab.rules.judge import Judge
from lab.rules.rule import Broken, Rule
from lab.rules.view import PairView
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind

CAUSES = {Kind.CLI, Kind.FAULT, Kind.HEARTBEAT, Kind.ROLE, Kind.ADDRESS}
"""What a change may follow, or be followed by, so that a rule holds."""

PORTS = 4
"""Consecutive ports of a group. Source: system ha, hb-base-port; HA-054."""

PORTS_OPEN = 2.0
"""Seconds in which a unit that is given another base port listens there, which its operator's session may last."""

_LISTENS = ROLES | {Mode.HOLD_OFF}

EXCHANGED = 2
"""Changes around a broken rule that are moved together: as many as an exchange of roles has."""


class Watch:
    """Judges a scenario from its beginning, as its timeline grows."""

    def __init__(self, lab: Lab, *, by_chance: bool = False) -> None:
        """Take the entries since the scenario began, and listen to further ones; `by_chance` as `Judge` has it."""
        self._lab = lab
        self._by_chance = by_chance
        self.exact = lab.timing.resolution == 0
        """Whether the lab sees each change in the moment in which it comes."""
        self._formed = lab.clock.now()
        self.judge = self._fresh()
        self._waiting: list[Entry] = []
        lab.timeline.listen(self._waiting.append)

    def probe(self) -> None:
        """Let a client probe each unit at its own address from now on, besides the virtual one."""
        for unit in (self._lab.primary, self._lab.secondary):
            self._lab.mail.watch(unit.own_address(PAIR.mail))

    @property
    def view(self) -> PairView:
        """What may be expected of the pair."""
        return self.judge.view

    def catch_up(self) -> None:
        """Judge the entries since the last call."""
        now = self._lab.clock.now()  # before they are taken: what comes while they are judged is no silence
        if self._waiting:
            new = self._waiting[:]
            del self._waiting[: len(new)]
            self.judge.feed(new)
        self.judge.until(now)

    def broken(self) -> list[Broken]:
        """The broken rules so far; none before the end on a lab whose observers report late."""
        self.catch_up()
        return [*self.judge.found, *self._deaf()] if self.exact else []

    def _deaf(self) -> Iterator[Broken]:
        """Judge that a unit in a role has listened on its own ports since it was given others."""
        if self.view.ported == LONG_AGO or Capability.NAMESPACE not in self._lab.capabilities:
            return
        stands_still = {fault.unit for fault in self.view.history.in_force}
        for unit in (self._lab.primary, self._lab.secondary):
            it = self.view.history.units[unit.name]
            view = self.view.units[unit.name]
            if view.misled:
                continue  # on a link that it is not to use it need not listen
            begun = max(self.view.ported, it.since, it.awake, view.linked)
            if it.mode in _LISTENS and self._lab.clock.now() - begun > PORTS_OPEN and unit.name not in stands_still:
                base = int(it.settings.get("hb-base-port", PAIR.base_port))
                used = sorted(port for _, port in unit.listening())
                if not set(range(base, base + PORTS)) <= set(used):
                    how = f"unit {unit.name} listens on {used}, and its base port was set to {base}"
                    yield Finding(Rule.PORTS, self._lab.clock.now(), how)

    def verdict(self) -> list[Broken]:
        """The rules broken up to now, judged on the whole timeline in order of time.

        A change that is seen by asking may have come up to its doubt earlier. Where no doubt is larger than the slack,
        a rule counts as broken only if no moments within the doubts keep it. A larger doubt leaves all that follows
        undecided: raises FaultNotProven.
        """
        if self.exact:
            return self.broken()
        now = self._lab.clock.now()  # for all that is judged here, however long that takes
        entries = [entry for entry in self._lab.timeline if entry.at > self._formed]
        found = self._judged(entries, now)
        first = _first(found)
        if not found or self._is_sound(entries, first, now):
            return []
        for entry in entries:
            begun = entry.at - entry.doubt
            if is_doubted(entry) and entry.doubt > self._tolerance and begun <= first + self._tolerance:
                raise FaultNotProven(f"the lab saw unit {entry.subject} too seldom to judge it: {found[0]}")
        return found

    def _is_sound(self, entries: list[Entry], first: float, now: float) -> bool:
        """Whether the changes of role can have come at moments, within their doubts, at which no rule is broken.

        The two nearest to the first broken rule are moved so that the first rule broken then comes as late as possible;
        and so on, until none is broken or no move helps.
        """
        while first < inf:
            near = sorted(filter(self._may_move, entries), key=lambda entry: abs(entry.at - first))[:EXCHANGED]
            tried = [
                [_moved(entry, moved[id(entry)]) if id(entry) in moved else entry for entry in entries]
                for moments in product(*(self._moments(entry, entries) for entry in near))
                for moved in [dict(zip(map(id, near), moments, strict=True))]
            ]
            latest, place = max(
                ((_first(self._judged(each, now)), place) for place, each in enumerate(tried)), default=(0, 0)
            )
            if latest <= first:
                return False
            entries, first = tried[place], latest
        return True

    def _may_move(self, entry: Entry) -> bool:
        return entry.kind is Kind.ROLE and is_doubted(entry) and 0 < entry.doubt <= self._tolerance

    def _moments(self, change: Entry, entries: list[Entry]) -> list[float]:
        """When the change may have come: right after each other entry within its doubt, or when it was seen."""
        begun = change.at - change.doubt
        after = {entry.at for entry in entries if entry.kind in CAUSES and begun <= entry.at <= change.at}
        return sorted({begun, change.at, *after})

    def _judged(self, entries: Iterable[Entry], now: float) -> list[Broken]:
        judge = self._fresh()
        judge.feed(entries)
        judge.until(now)
        return judge.found

    @property
    def _tolerance(self) -> float:
        return max(self._lab.timing.slack, self._lab.timing.resolution)

    def _fresh(self) -> Judge:
        """Make a judge that has seen how the pair was formed."""
        judge = Judge(self._lab.mail.virtual_address, self._tolerance, by_chance=self._by_chance)
        judge.feed(entry for entry in self._lab.timeline if entry.at <= self._formed)
        judge.view.note_formed()
        return judge


def is_doubted(entry: Entry) -> bool:
    """Whether it is a change of mode or address of a unit that was asked; one that answers again was not asked."""
    return entry.kind in {Kind.ROLE, Kind.ADDRESS} and entry.detail.get("old") != Mode.UNREACHABLE.value


def _moved(change: Entry, at: float) -> Entry:
    """Return the change at an earlier moment within its doubt, with the doubt that is left."""
    return replace(change, at=at, detail={**change.detail, "doubt": change.doubt - (change.at - at)})


def _first(found: Iterable[Broken]) -> float:
    """When the first of these rules was broken, in seconds on the lab's clock; infinity for none."""
    return min((broken.at or 0.0 for broken in found), default=inf)
