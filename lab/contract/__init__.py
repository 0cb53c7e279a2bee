"""The lab's contract: all that steps and fixtures know of a lab.

A driver implements these protocols (`lab.sim`, `lab.docker`, `lab.appliance`); steps do not know which one runs.
All times are seconds on the lab's one clock; addresses are text as a unit prints them ("10.0.3.100/24" with mask,
"10.0.3.100" without).
"""

from lab.contract.lab import Clock, Lab
from lab.contract.networks import IN_PART, BridgeNetworks, HalfMessage, Link, MailNetwork, MailSession, Receivers
from lab.contract.unit import Unit
from lab.contract.values import (
    HA_TRAP,
    SYSTEM_TRAP,
    Crossing,
    Cut,
    Encounter,
    Intrusion,
    Message,
    Proof,
    Reply,
    Timing,
    Trap,
    Turn,
)
from lab.contract.words import (
    Area,
    Capability,
    Ending,
    Failing,
    Family,
    Guise,
    How,
    MailKind,
    Mode,
    Port,
    Rank,
    Saying,
    Service,
    Sink,
    Snmp,
    Trick,
)

__all__ = [
    "HA_TRAP",
    "IN_PART",
    "SYSTEM_TRAP",
    "Area",
    "BridgeNetworks",
    "Capability",
    "Clock",
    "Crossing",
    "Cut",
    "Encounter",
    "Ending",
    "Failing",
    "Family",
    "Guise",
    "HalfMessage",
    "How",
    "Intrusion",
    "Lab",
    "Link",
    "MailKind",
    "MailNetwork",
    "MailSession",
    "Message",
    "Mode",
    "Port",
    "Proof",
    "Rank",
    "Receivers",
    "Reply",
    "Saying",
    "Service",
    "Sink",
    "Snmp",
    "Timing",
    "Trap",
    "Trick",
    "Turn",
    "Unit",
]
