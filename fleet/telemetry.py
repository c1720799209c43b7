"""Logs as JSON lines, metrics as Prometheus text. A leaf: knows nothing of the service.

No secret and no phone number reaches a log line: keys that hold them are blanked.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

BLANKED = ("password", "token", "secret", "phone", "cookie", "authorization")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, what it means, and a value for each set of labels."""

    name: str
    help: str
    kind: Literal["gauge", "counter"]
    labels: tuple[str, ...]
    samples: Sequence[tuple[Sequence[str], float]]


def exposition(families: Iterable[Family]) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Once(tuple(families)))
    return generate_latest(registry)


class _Once(Collector):
    """The families as prometheus_client wants them."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.families = families

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        for f in self.families:
            kind = GaugeMetricFamily if f.kind == "gauge" else CounterMetricFamily
            metric = kind(f.name, f.help, labels=f.labels)
            for labels, value in f.samples:
                metric.add_metric(list(labels), value)
            yield metric


def configure(level: str = "info") -> None:
    """Send structlog's and the libraries' records to standard error, one JSON object a line."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        blank,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def blank(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Blank every value whose key says that it is nobody's business."""
    for key in event:
        if any(word in key.lower() for word in BLANKED):
            event[key] = "…"
    return event
