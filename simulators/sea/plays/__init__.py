"""The plays that a scenario's roles may name: each puts its boats, facts and truth on the stage."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.sea.plays import (
    calls,
    company,
    days,
    depth,
    everyday,
    line,
    moves,
    observed,
    orders,
    papers,
    sailing,
    ships,
    silence,
    storm,
    zones,
)
from simulators.sea.stage import Play

PLAYS: Mapping[str, Play] = {
    **calls.PLAYS,
    **company.PLAYS,
    **days.PLAYS,
    **depth.PLAYS,
    **everyday.PLAYS,
    **line.PLAYS,
    **moves.PLAYS,
    **observed.PLAYS,
    **orders.PLAYS,
    **papers.PLAYS,
    **sailing.PLAYS,
    **ships.PLAYS,
    **silence.PLAYS,
    **storm.PLAYS,
    **zones.PLAYS,
}
