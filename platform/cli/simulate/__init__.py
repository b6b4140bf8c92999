"""`jiceng simulate`: every unit of a county lives its reporting months over HTTP, and what comes out is held against
what went in.

It knows the address, the administrators' one-time codes and the passwords that it sets itself; what ought to come out
it adds up from its own memory (`memory.py`), by other code than the platform's.
"""
