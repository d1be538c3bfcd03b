"""Structured logs: an event's name and its data, one JSON object a line.

Never a name, number, telephone, openid or the text of a question: `FORBIDDEN` keys
are dropped even when a caller passes them, and a test reads what is written.
"""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict

FORBIDDEN = frozenset(
    {"openid", "question", "text", "content", "name", "id_number", "phone", "body", "reply", "answer"}
)


def _without_personal_data(_: Any, __: str, event: EventDict) -> EventDict:
    for key in FORBIDDEN & event.keys():
        event[key] = "[withheld]"
    return event


def _fault_without_values(_: Any, __: str, event: EventDict) -> EventDict:
    """Name the exception and where it rose; its message may hold what a citizen wrote."""
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()[1]
    if isinstance(fault, BaseException):
        event["fault"] = type(fault).__name__
        trace = fault.__traceback__
        places = []
        while trace:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = places[-3:]
    return event


def configure_logs(level: str) -> None:
    """Send every event at `level` or above to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _fault_without_values,
            _without_personal_data,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("jieba").setLevel(logging.WARNING)
