"""A real PostgreSQL 18 and a real Valkey out of wheels, started and stopped by the platform in a directory."""

from kit.embedded.cluster import Cluster, cluster, only_one
from kit.embedded.layout import EmbeddedError, InUse

__all__ = ["Cluster", "EmbeddedError", "InUse", "cluster", "only_one"]
