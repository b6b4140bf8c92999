"""交接: a post goes from one person to another, with what is open at it.

Packages above declare what belongs to a post by `duties.duties_of`: what is listed, and what is moved when the
hand-over is confirmed.
"""
