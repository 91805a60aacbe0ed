"""Finds phrases: everything that the data files know, in one pass over a text.

What we know of a language stands in four files, one of each kind: ``aspects/<lang>.txt``,
``urgency/<lang>.txt``, ``speaker/<lang>.txt`` and ``cues/<lang>.txt`` (``any.txt``: in every
language). All are written alike::

    # A comment; only where a line begins with it.
    [queue]                                  the section: what the phrases below it mean
    - long queue*, # hours in line,          a mark, then phrases between commas;
      waited ... (hour*|age*|                an indented line goes on with the one above,
        forever)                             also within a bracket, where "|" ends a line
    + no queue*, walked straight in
    = queue*, in line

Marks. Aspects: ``-`` bad and ``+`` good by itself; ``=`` takes its polarity from what stands
around it in its clause (polarity words, negation, the model). Urgency and speaker: ``!`` tells by
itself, ``?`` only a hint that needs another one. Cues: none, or ``+ - =`` where said below.

Phrases. Written as people write, in any case, with accents or without: text and phrases are
folded alike (case, accents, full-width and fancy letters, long runs of a letter: sooooo). German
``ä ö ü ß`` fold to ``ae oe ue ss``, so that ``schön`` is not ``schon``; write ``Führung``, and
``Fuehrung`` is found too. All other marks go: ``è`` is ``e``. Apostrophe and hyphen separate words
(``l'attente``, ``wi-fi`` are two words each), but ``don't`` is the word ``dont``, and both are
found. Hashtags are words; ``#NoQueueToday`` is three of them. An emoji is a word.

- Words match whole. ``*`` at the end of a word: any ending (``queue*``); at its start: any
  beginning (``*ausstellung``); both: anywhere inside.
- ``...`` between words: up to 4 other words, within the sentence.
- ``#``: any number in digits; ``##``: one of four (a year). ``2h`` is ``# h``. A number that is
  written out is any number too, but for those that one calls for help (``112``).
- ``(a|b|c d)``: one of these; ``(a|)``: with or without. What stands close to a bracket belongs to
  each: ``larg(o|a)``, ``(cola|fila)*``; so leave the blank inside: ``(no |)queue``.
- A phrase never reaches over the end of a sentence (``. ! ? ;`` or a new line); commas, colons,
  dots of omission and quotation marks are not seen.
- Of phrases in the same kind of file, the longest wins and hides those inside its words. So list
  the special case beside the general one: ``+ no queue*`` beside ``= queue*``, ``audio guide``
  under audio_guide beside ``guide`` under tour_guide; a phrase that means two aspects stands under
  both. ``[plain]``, in any file, holds phrases that mean nothing of the kind and only hide
  (``tag line``, ``line of poetry``).
- A phrase that negation turns around (``not clean``) need not be listed: negation reaches up to 4
  words on, to the end of its clause, and turns ``=`` phrases and polarity words, and also ``+`` and
  ``-`` ones, unless the phrase holds a negation itself; one in a gap turns a polarity word behind
  it (``toilets were not clean``), and one within a ``+`` phrase turns nothing else. Dangers are
  denied over 2 words at most. List what this rule misses (``funktioniert nicht``,
  ``n'y avait personne``).

Sections of aspects: the names in ``aspects/taxonomy.yaml``, and ``[plain]``.

Sections of urgency: the kinds ``[fire] [injury] [attack] [harassment] [lost_child] [leak]
[vandalism] [theft]`` with ``!`` and ``?``, and

- ``[now]`` what makes a hint urgent, in the same sentence or the next: right now, call security
- ``[figure]`` figures of speech: an urgent phrase that overlaps one is none, but where a longer
  one holds the figure or begins before it: show is fire
- ``[told]`` told, shown, past or elsewhere: no hint in its sentence counts, and no ``!`` phrase
  unless ``[now]`` speaks too: exhibition about, in the film, painting of, in ``##``. A lone word
  (``roman``) silences hints and dangers of one word alone, and where no ``[now]`` speaks what is
  told of people; two of them silence as a phrase does, and one with ``!`` (``! drill``) whatever
  speaks of now. One with ``=`` silences the whole text: what was averted, a joke, a work told of
  (``= false alarm``)
- ``[plain]``

Sections of speaker: ``[visitor] [prospect] [press] [trade] [promotion] [museum]`` with ``!`` and
``?`` for words of the text; the same with ``name`` (``[press name]``) for words of the handle or
the displayed name; words of 4 letters and more, but those of promotion, match at the end of a part
of a handle too.

Sections of cues:

- ``[negation]`` turns around what follows: not, never, without, hardly
- ``[contrast]`` what follows is what the speaker stresses: but, however
- ``[concession]`` what follows counts less than the rest: although, despite
- ``[good]`` and ``[bad]`` words that judge whatever they stand beside: lovely, broken, rude
- ``[dark]`` words of sorrow that say nothing against a work: war, death, harrowing
- ``[visit]`` the visit is meant. ``=`` deictics: we waited, our visit; ``+ -`` a verdict on it:
  ``+ worth the trip``, ``- never again``
- ``[work]`` the works are meant. ``=`` painted, depicts; ``+ -`` a verdict on them:
  ``+ masterpiece*, unforgettable``, ``- my kid could do``
- ``[elsewhere]`` another place or time is meant: unlike the louvre, in other museums, last year
- ``[irony]`` the opposite is meant: yeah right, thanks for nothing
- ``[wish]`` a wish, plan or question, no experience: can't wait to, is it open, hoping to
- ``[title]`` a name follows or stands before: exhibition called, entitled, starring
- ``[plain]`` what looks like a cue and is none: not only, no wonder
"""

from .book import Book
from .files import Meaning
from .hits import Hit
from .tokens import Tokens

__all__ = ["Book", "Hit", "Meaning", "Tokens"]
