"""The settings of a unit: one immutable record, checked against the manual's table, read and written as CLI lines."""

from node.settings.configuration import Configuration, changes, rebase
from node.settings.ha import ha_settings
from node.settings.refusal import Refused, SecondaryRefused
from node.settings.script import checksum, dump, load, merge_synchronized, synchronized

__all__ = [
    "Configuration",
    "Refused",
    "SecondaryRefused",
    "changes",
    "checksum",
    "dump",
    "ha_settings",
    "load",
    "merge_synchronized",
    "rebase",
    "synchronized",
]
