"""The worker and the scheduler: Celery entries over what the packages declare. Assembly only."""
