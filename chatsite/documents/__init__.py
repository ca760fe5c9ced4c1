"""The protocol's documents, made from the code that speaks it: `docs/protocol.md` and `docs/asyncapi.yaml`.

What only people can say (the rules) is in `protocol.md` beside this file; everything that the code knows is filled in.
"""
