"""The operator's command line: `Shell` reads lines and prints text, `System` is the unit that it serves."""

from node.cli.shell import QUESTION, Shell
from node.cli.system import System

__all__ = ["QUESTION", "Shell", "System"]
