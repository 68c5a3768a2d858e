"""The scenarios by name; each module adds its own when it is imported."""

import collections

Scenario = collections.namedtuple(
    "Scenario", "name run seconds options by_name")
SCENARIOS = {}


def scenario(name, seconds=60, by_name=False, **options):
    """Registers a function of one Lab. options go to Lab itself.

    by_name: runs only where it is asked for.
    """
    def add(function):
        SCENARIOS[name] = Scenario(name, function, seconds, options,
                                   by_name)
        return function
    return add
