"""The PostgreSQL cluster of one test run: musling.cli.cluster, set up to forget."""

from musling.cli import cluster
from musling.cli.cluster import OWNER, PROGRAM, CannotStart, Cluster, address

# Nothing in a test cluster outlives the run, so nothing needs to reach the disk.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "1h",
}


def start() -> Cluster:
    """Make and start the cluster. Raises CannotStart, which says what to do."""
    return cluster.start(OPTIONS)


__all__ = ["OWNER", "PROGRAM", "CannotStart", "Cluster", "address", "start"]
