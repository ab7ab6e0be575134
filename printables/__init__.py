"""Everything on paper: plain values in, a finished PDF out.

The package is pure. It is handed people, texts, a label stock and fonts as bytes, and returns a
`model.Result`; it reads no clock, no network and no database, and the same input gives the same bytes.
Lengths are millimetres, measured from the top left corner; letter sizes are points. It knows nothing of
the server.
"""
