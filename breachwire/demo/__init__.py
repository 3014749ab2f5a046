"""The demonstration: invented news by invented outlets, served by this process.

In: the TOML files in `stories`. Out: articles with gold labels (`corpus`), the outlets' feeds and
pages as pure functions (`site`), a local server for them (`serve`). Nothing here is true.
"""
