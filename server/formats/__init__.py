"""Bytes to values and back: CSV, XLSX, vCard, ICS.

Nothing in here knows a database, a request or a rule of the meeting. What is read is kept as it was
typed; what cannot be read is handed back with its line number and a code; what is written is never a
live formula.
"""
