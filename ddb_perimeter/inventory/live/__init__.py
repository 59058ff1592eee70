"""Reads a live account, service by service, into CloudFormation-shaped resources.

`calls` declares every API call that may be made, `requests` makes them, and each other module reads
what one service tells. `ddb_perimeter.inventory.account` puts the answers together.
"""
