"""The lab: contract, standard pair, faults, history, and what judges it. Drivers are subpackages."""
