"""Alerts by mail for a watch: `letters` says what stands in them, `pages` are the ways in and out.

`breachwire.alerting` makes and sends them, beside the newsletter.
"""
