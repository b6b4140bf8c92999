"""Every table of the platform: what `alembic check` compares the database with."""

import forms.models
import kit.models
import reporting.models
import tenancy.models
import workflow.models
from kit.db.base import Base

__all__ = ["metadata"]

_PACKAGES = (kit.models, tenancy.models, workflow.models, forms.models, reporting.models)
metadata = Base.metadata
