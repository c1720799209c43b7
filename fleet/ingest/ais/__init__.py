"""AIS 船舶自动识别: NMEA sentences to columns, a table a message type.

`Stream` takes bytes however they come; `Messages` is what they held; `fields` says what each
column means.
"""

from fleet.ingest.ais.fields import LAYOUTS, Field, Layout, Name
from fleet.ingest.ais.messages import ENVELOPE, Doubt, Messages, Table
from fleet.ingest.ais.stream import Stream

__all__ = [
    "ENVELOPE",
    "LAYOUTS",
    "Doubt",
    "Field",
    "Layout",
    "Messages",
    "Name",
    "Stream",
    "Table",
]
