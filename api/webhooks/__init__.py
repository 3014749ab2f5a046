"""What a program is told when a ledger changes, and who may be told.

`documents` says what a happening is in words, `shapes` describes that for OpenAPI, `keeping` makes
and checks webhooks, `routes` are the way in for whoever has a watch's token. `breachwire.courier`
brings the documents to their receivers.
"""
