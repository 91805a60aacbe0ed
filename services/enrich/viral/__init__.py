"""Will this post go viral? One fold a snapshot; what is learned comes from finished posts."""

from .fold import fold
from .forecast import PRIOR_ROWS, Forecast, Outlook, Row, forecast
from .learned import Learned
from .motion import Motion
from .sentence import describe
from .status import Standing
from .sums import Finished, finished, sum_finished

__all__ = [
    "PRIOR_ROWS",
    "Finished",
    "Forecast",
    "Learned",
    "Motion",
    "Outlook",
    "Row",
    "Standing",
    "describe",
    "finished",
    "fold",
    "forecast",
    "sum_finished",
]
