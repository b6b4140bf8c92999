"""Every table of the platform: what `alembic check` compares the database with."""

import forms.models
import kit.models
import plans.addressing.models
import plans.coordination.models
import plans.guidance.models
import plans.meetings.models
import plans.models
import plans.notices.models
import plans.petitions.models
import plans.planning.models
import plans.pledges.models
import plans.staff.models
import plans.station.models
import plans.tasks.models
import plans.training.models
import plans.urgent.models
import reporting.city.models
import reporting.models
import reporting.months.models
import reporting.reminding.models
import tenancy.models
import workflow.channels.models
import workflow.models
from kit.db.base import Base

__all__ = ["metadata"]

_PACKAGES = (
    kit.models,
    tenancy.models,
    workflow.models,
    workflow.channels.models,
    forms.models,
    reporting.models,
    reporting.city.models,
    reporting.months.models,
    reporting.reminding.models,
    plans.models,
    plans.addressing.models,
    plans.coordination.models,
    plans.guidance.models,
    plans.meetings.models,
    plans.notices.models,
    plans.petitions.models,
    plans.staff.models,
    plans.station.models,
    plans.training.models,
    plans.pledges.models,
    plans.planning.models,
    plans.tasks.models,
    plans.urgent.models,
)
metadata = Base.metadata
