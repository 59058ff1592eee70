"""`[workload]`: what the baseline adds for the sample workload, direct messages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.configuration.base import Flag, Settings


class WorkloadSettings(Settings):
    """What the baseline adds for the sample workload."""

    consumer: Annotated[
        Flag,
        Field(
            description="whether a Lambda function keeps conversations in step with the messages "
            "in the stream; it needs the table of the sample, with its stream on"
        ),
    ] = False
