"""`jiceng bench`: how fast the platform is, each figure beside what this machine does at its barest in the same run.

Everything runs on an embedded server made for the occasion, with `fsync` and `synchronous_commit` on. Worlds are
written in bulk; what is measured goes through a real `jiceng web`.
"""
