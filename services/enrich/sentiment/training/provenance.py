"""Where the texts that the shipped model learned from come from, and on what terms."""

from __future__ import annotations

from typing import NamedTuple


class Provenance(NamedTuple):
    """Where a source was taken from, and its terms as they are stated there."""

    origin: str
    terms: str


_UNKNOWN = Provenance("not known to this program", "not known to this program")
_BY_PREFIX = {
    "ajgt": Provenance("komari6/Arabic-twitter-corpus-AJGT", "none stated"),
    "allocine": Provenance("Akram-ch/TP_NLP_2023", "research"),
    "astd": Provenance("mahmoudnabil/ASTD", "GPL-2.0"),
    "deft2017": Provenance("sam0enna/deft2017", "CeCILL"),
    "elsahar_": Provenance("hadyelsahar/large-arabic-sentiment-analysis-resouces", "none stated"),
    "germeval17": Provenance("LukasZavrel/GermEval_2017_db", "none stated"),
    "lexicons": Provenance("MAL, OpeNER, AFINN, FEEL, SentiLex", "mixed, mostly none stated"),
    "motaz_emoji": Provenance("motazsaad", "Apache-2.0"),
    "mozetic_": Provenance("joemzhao/tweets-retriever", "none stated"),
    "multiemotions": Provenance("RacheleSprugnoli/Esercitazioni_SA", "none stated"),
    "semeval17": Provenance("cbaziotis/datastories-semeval2017-task4", "research"),
    "sentimix": Provenance("anuragvij264/sentimix-semeval2020", "none stated"),
    "sentipolc_tr": Provenance("evalita2016/data", "CC BY-NC-SA 3.0 IT"),
    "tass2019_": Provenance("yanzheb/TASS-2019", "research"),
    "tyq_": Provenance("tyqiangz/multilingual-sentiment-datasets", "Apache-2.0"),
    "umsab_": Provenance("cardiffnlp/xlm-t", "Apache-2.0; parts keep their own terms"),
    "umsab_it": Provenance("cardiffnlp/xlm-t, from SENTIPOLC", "CC BY-NC-SA 3.0 IT"),
    "xed_": Provenance("Helsinki-NLP/XED", "CC BY 4.0"),
}


def provenance(source: str) -> Provenance:
    """Return where a source comes from, by its file's name."""
    fitting = [prefix for prefix in _BY_PREFIX if source.startswith(prefix)]
    return _BY_PREFIX[max(fitting, key=len)] if fitting else _UNKNOWN
