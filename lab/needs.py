"""Whether a lab can do what a scenario needs."""

from __future__ import annotations

from collections.abc import Iterable

from lab.contract import Capability, Lab
from lab.errors import NotApplicable


def check(lab: Lab, needs: Iterable[Capability]) -> None:
    """Raise NotApplicable, with the reason, for the first capability that the lab lacks."""
    for capability in sorted(set(needs) - lab.capabilities):
        reason = lab.reasons.get(capability, f"the {lab.driver} lab cannot do it")
        raise NotApplicable(f"the scenario needs {capability.value}: {reason}")
