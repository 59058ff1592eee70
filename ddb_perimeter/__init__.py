"""Decides whether a DynamoDB data perimeter holds, from templates or a live account."""
