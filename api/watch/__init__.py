"""Watch lists and saved searches: private by a secret address, fed by changes of ledgers.

`names` reads a list, `matching` finds its threads, `news` what changed in them, `keeping` makes and
finds watches, `pages` and `routes` are the ways in. `api.feed_formats` writes the feeds.
"""
