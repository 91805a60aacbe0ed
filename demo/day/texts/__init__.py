"""What visitors write, language by language; all of it made up for this generator."""

from __future__ import annotations

from demo.day.texts.english import ENGLISH
from demo.day.texts.french import FRENCH
from demo.day.texts.german import GERMAN
from demo.day.texts.italian import ITALIAN
from demo.day.texts.spanish import SPANISH
from demo.day.texts.stock import Stock

STOCKS: dict[str, Stock] = {
    stock.language: stock for stock in (ENGLISH, ITALIAN, FRENCH, GERMAN, SPANISH)
}

__all__ = ["STOCKS", "Stock"]
