"""The scenarios by name; each module adds its own when it is imported."""

import collections

Scenario = collections.namedtuple("Scenario", "name run seconds options")
SCENARIOS = {}


def scenario(name, seconds=60, **options):
    """Registers a function of one Lab. options go to Lab itself."""
    def add(function):
        SCENARIOS[name] = Scenario(name, function, seconds, options)
        return function
    return add
