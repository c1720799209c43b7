"""A real TimescaleDB and a real Mosquitto from a fresh clone: no root, no container.

`python3 -m deploy.local` is the command; a test takes `binaries()`, `scratch()`, `Cluster` and
`Broker` to start servers of its own. Invariant: the standard library is all that is imported here.
"""

from deploy.local.mosquitto import Broker
from deploy.local.places import home
from deploy.local.postgres import Cluster
from deploy.local.programs import Binaries, binaries, fetch
from deploy.local.say import Missing
from deploy.local.temporary import discard, scratch

__all__ = [
    "Binaries",
    "Broker",
    "Cluster",
    "Missing",
    "binaries",
    "discard",
    "fetch",
    "home",
    "scratch",
]
