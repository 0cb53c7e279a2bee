"""Paths of a unit's files: those that must outlive a loss of power on two volumes, the rest under /run."""

from __future__ import annotations

from pathlib import Path

DATA = Path("/data")
"""The volume of settings and records."""

DISK = Path("/maildisk")
"""The mail disk, a volume of its own: it may fail while the unit itself lives. Source: HA-200, HA-209."""

CONFIGURATION = DATA / "config" / "configuration"
"""Settings as CLI lines (mode 0600: they hold the group's password)."""

MEMORY = DATA / "config" / "ha-memory"
HOST_KEY = DATA / "config" / "ssh-host-key"
LOG = DATA / "log"
HA_LOG = LOG / "ha.log"
ALERTS = LOG / "alerts"
TRAPS = LOG / "traps"
TRACE = LOG / "trace.jsonl"
"""What the unit did and when, on the host's monotonic clock, as evidence for a lab: one JSON object a line."""

MAIL = DISK / "mail"
AREAS = ("quarantine", "system-quarantine", "archive", "mailboxes", "preferences")
"""Storage areas of mail data below MAIL. Source: HA-401."""

NAS = Path("/nas")
"""Network storage, as the machine has mounted it."""

SPOOL = DISK / "spool"
"""Postfix's queue."""

COPIES = DISK / "queue-copies"
"""Copies of the messages in the primary's queue, each file named as its message."""

ALERT_QUEUE = DATA / "alert-queue"
"""Alerts that no mail server has taken yet, a file for each recipient."""

SNMP_STARTS = DATA / "snmp" / "starts"
"""How often the SNMP engine has started."""

RUN = Path("/run/switchover")
PID_FILE = RUN / "unit.pid"
WEB = RUN / "web"
"""What the web server shows."""

SNMP = RUN / "snmp"
"""Files of net-snmp's programs, with the passwords of users."""

BOOT_DELAY = RUN / "boot-delay"
"""Seconds by which each start of the machine is delayed, one under way included; `inf` holds it; no file: none."""

FIRMWARE = RUN / "firmware"
"""Firmware images that a server has for the unit, by file name; each contains only the number of its release."""

DEVICES = RUN / "devices.json"
"""Network device of each port, as the machine found it."""
