"""What visitors speak about, and what they say of it. The words stand in data files beside this."""

from .finding import POLARITIES, AspectFinder, Found, Judgement, about, find_judgements

__all__ = ["POLARITIES", "AspectFinder", "Found", "Judgement", "about", "find_judgements"]
