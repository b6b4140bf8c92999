"""Every module that declares jobs or pulses, or follows reports: importing it fills the registry."""

import kit.housekeeping
import kit.jobs.sweep
import kit.outbox
import kit.seal
import plans.digest
import plans.notices.service
import plans.petitions.service
import plans.planning.progress
import plans.tasks.following
import plans.tasks.jobs
import plans.urgent.service
import reporting.city.filling
import reporting.exports
import reporting.jobs
import reporting.past.importing
import reporting.reminding.delivery
import tenancy.moves
import workflow.attachments.service
import workflow.channels.delivery
import workflow.channels.messages
import workflow.enclosures.service

__all__ = ["DECLARING"]

DECLARING = (
    kit.housekeeping,
    kit.jobs.sweep,
    kit.outbox,
    kit.seal,
    reporting.city.filling,
    plans.notices.service,
    plans.planning.progress,
    plans.petitions.service,
    plans.digest,
    plans.tasks.following,
    plans.tasks.jobs,
    plans.urgent.service,
    workflow.channels.messages,
    reporting.exports,
    reporting.jobs,
    reporting.past.importing,
    reporting.reminding.delivery,
    tenancy.moves,
    workflow.attachments.service,
    workflow.channels.delivery,
    workflow.enclosures.service,
)
