"""附件: files that go upward with a subject. One mechanism and one set of routes for every kind of subject.

A package declares which of its subjects carry files by `subjects.attachable`: a callable that authorises, and says
whose the files are, who sees them and what may be added now.
"""
