"""The running process behind `up`, `demo`, `serve` and `mcp`: loops beside the pages they feed.

`model` is the embedding model on its way, `loops` what every loop shares, `polling` brings articles
in, `deriving` threads them, `beside` is what leaves and what is added meanwhile, `site` puts one
store's together and hands the pages what they read from.
"""
