"""Work after commit: job rows with leases, pulses in every county, the doorbell.

enqueue(session, kind="reporting.export", payload={…}, requested_by=…)   inside the caller's transaction
@job("reporting.export")   async def export(context: JobContext, payload) -> result
@pulse("reporting.fold", every=5)   async def fold(session, county: CountyRef) -> None
ring_after_commit(session, "reporting.fold")   beats that pulse in this county at once
"""

from kit.jobs.doorbell import ring_after_commit
from kit.jobs.leases import Lease, LostLease, begin_anew, enqueue
from kit.jobs.registry import CountyRef, job, pulse
from kit.jobs.runner import JobContext

__all__ = [
    "CountyRef",
    "JobContext",
    "Lease",
    "LostLease",
    "begin_anew",
    "enqueue",
    "job",
    "pulse",
    "ring_after_commit",
]
