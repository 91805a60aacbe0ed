"""What visitors speak about, and what they say of it. The words stand in data files beside this."""

from .finding import POLARITIES, AspectFinder, Found, about, says_facts_alone
from .judgements import Judgement, find_judgements

__all__ = [
    "POLARITIES",
    "AspectFinder",
    "Found",
    "Judgement",
    "about",
    "find_judgements",
    "says_facts_alone",
]
