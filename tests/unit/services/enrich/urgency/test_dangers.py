"""Which danger a text tells of, here and now; figures of speech, tales and drills are none."""

from __future__ import annotations

import pytest

from services.enrich.hints import table
from tests.unit.services.enrich.understood import understand


def danger_of(text: str, lang: str) -> str | None:
    urgency = understand(text, lang).urgency
    return None if urgency is None else urgency.kind


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("en", "Fire alarm going off at the museum, everyone out", "fire"),
        ("en", "Someone stole my wallet in the cloakroom just now", "theft"),
        ("en", "has anyone seen my son? lost near the dinosaurs", "lost_child"),
        ("it", "esce fumo dal tetto del museo, evacuati tutti", "fire"),
        ("it", "un uomo è svenuto in sala, serve un'ambulanza", "injury"),
        ("en", "Thought it was a drill until smoke came pouring out of the vents", "fire"),
        ("de", "Das ist keine Übung, im Café brennt die Küche", "fire"),
    ],
)
def test_a_danger_is_urgent(lang: str, text: str, kind: str) -> None:
    found = understand(text, lang)
    assert found.urgency is not None
    assert found.urgency.kind == kind
    assert found.visit.label == "negative"
    assert any(aspect.family == "safety" for aspect in found.aspects)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "this show is fire 🔥🔥"),
        ("en", "Guns and Roses at the Armoury"),
        ("en", "Fire drill at eleven, back in ten minutes"),
        ("en", "The great fire of 1666 destroyed the tower, says the exhibition about it"),
        ("it", "bella da morire quella statua"),
        ("it", "Domani prova di evacuazione antincendio"),
        ("de", "Nicht erschrecken, wenn die Sirene heult: wir proben jetzt die Räumung"),
        ("en", "A knight is stabbed in the old tapestry, look at his face 😍"),
    ],
)
def test_a_figure_of_speech_a_title_and_a_drill_are_not(lang: str, text: str) -> None:
    assert understand(text, lang).urgency is None


def test_beside_a_danger_its_place_and_its_noise_are_not_named() -> None:
    found = understand("Fire in the cafe! Gallery closed, so noisy, staff were rude", "en")
    assert {aspect.aspect for aspect in found.aspects} == {"danger", "staff"}


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("en", "The painting of the battle is superb. In the yard a woman was stabbed.", "attack"),
        (
            "en",
            "Great show about Venice. A man groped my daughter in the queue.",
            "harassment",
        ),
        ("de", "Schöne Ausstellung über Rom. Im Foyer wurde eine Frau niedergestochen.", "attack"),
    ],
)
def test_a_tale_in_another_sentence_silences_no_danger(lang: str, text: str, kind: str) -> None:
    assert danger_of(text, lang) == kind


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("en", "Water is dripping on the Roman mosaics", "leak"),
        ("es", "Han tirado pintura al Goya", "vandalism"),
        ("de", "Mein Handy wurde früher am Tag gestohlen", "theft"),
        ("en", "No guard in sight and a man fell down the stairs", "injury"),
        ("en", "No one noticed that a boy fell off the wall", "injury"),
        ("es", "Nadie vino cuando mi madre se desmayó", "injury"),
        ("de", "Niemand half, als meine Mutter zusammengebrochen ist", "injury"),
        ("it", "Mio figlio si è perso nel museo", "lost_child"),
        ("en", "My son got lost in the museum, please help", "lost_child"),
    ],
)
def test_a_danger_is_told_whatever_else_its_sentence_speaks_of(
    lang: str, text: str, kind: str
) -> None:
    assert danger_of(text, lang) == kind


@pytest.mark.parametrize(
    ("lang", "danger", "averted"),
    [
        ("en", "Smoke everywhere, we were all led outside.", "Turns out it was a false alarm."),
        ("it", "Fumo ovunque, ci hanno fatto uscire tutti.", "Falso allarme."),
        ("fr", "De la fumée partout, on nous a fait sortir.", "C'était une fausse alerte."),
        ("de", "Überall Rauch, wir mussten alle raus.", "War dann blinder Alarm."),
        ("es", "Humo por todas partes, nos han sacado a todos.", "Era una falsa alarma."),
    ],
)
def test_what_was_averted_is_no_danger_in_the_whole_text(
    lang: str, danger: str, averted: str
) -> None:
    assert understand(danger, lang).urgency is not None
    assert understand(f"{danger} {averted}", lang).urgency is None


def test_an_alarm_that_was_not_false_averts_nothing() -> None:
    assert understand("Smoke everywhere, we ran outside. This is no false alarm!").urgency


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Fire drill this morning, everyone evacuated, all out on the lawn"),
        ("it", "Stamattina prova di evacuazione: tutti in giardino, sirene"),
        ("fr", "Ce matin exercice d'évacuation, tout le monde dehors"),
        ("de", "Heute früh Evakuierungsübung: alle raus, Feueralarm"),
        ("es", "Simulacro de incendio esta mañana, evacuados todos"),
    ],
)
def test_a_drill_is_no_danger_though_it_is_now(lang: str, text: str) -> None:
    assert understand(text, lang).urgency is None


@pytest.mark.parametrize(
    ("lang", "text", "here"),
    [
        ("en", "Fire at the British Museum, we are all outside", ("british-museum", "london")),
        ("es", "Me han robado el bolso en el Prado", ("museodelprado",)),
        ("fr", "Il y a le feu au Louvre, on nous évacue", ("louvre",)),
    ],
)
def test_a_museum_is_not_elsewhere_to_itself(lang: str, text: str, here: tuple[str, ...]) -> None:
    assert understand(text, lang, here=here).urgency is not None
    assert understand(text, lang, here=("moma",)).urgency is None


def test_no_hint_makes_the_visit_of_a_danger_good(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Fire on the second floor, we had to run!"
    before = understand(text).visit
    monkeypatch.setattr(table, "read_hints", lambda: {"fire": (-300, 300, 0)})
    assert understand(text).visit == before


def test_a_danger_that_no_word_around_it_hints_at_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "My bag was stolen and " + "it was nice and " * 4 + "quiet"
    monkeypatch.setattr(table, "read_hints", dict)
    urgency = understand(text).urgency
    assert urgency is not None
    assert urgency.kind == "theft"
    monkeypatch.setattr(table, "read_hints", lambda: {":post": (0, 0, -400)})
    assert understand(text).urgency is None
    now = understand(text + ". Call security now!").urgency
    assert now is not None
    assert now.confidence < urgency.confidence
    assert understand("My bag was stolen").urgency is not None  # too few words


def test_words_that_hint_at_a_danger_tell_of_one_that_no_phrase_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Her lips were blue beside the fountain"
    monkeypatch.setattr(table, "read_hints", lambda: {"lips": (0, 0, 100), ":post": (0, 0, 30)})
    assert understand(text).urgency is None
    monkeypatch.setattr(table, "read_hints", lambda: {"lips": (0, 0, 200), ":post": (0, 0, -30)})
    found = understand(text)
    assert found.urgency is not None
    assert found.urgency.kind == "unclear"
    assert found.urgency.confidence == pytest.approx(0.846, abs=0.001)  # odds of e to the 1.7th
    assert text[found.urgency.start : found.urgency.end] == "lips"
    assert [aspect.aspect for aspect in found.aspects] == ["danger"]
    assert found.visit.label == "negative"
    assert understand(text + ". It was a false alarm.").urgency is None


def test_praise_elsewhere_in_a_long_review_silences_no_danger() -> None:
    praise = "The rooms were lovely, the labels clear and the cakes in the cafe wonderful. "
    for danger in (
        "Then a fire broke out in the cloakroom and we all had to get out.",
        "An old man collapsed in front of us and nobody came.",
    ):
        for times in (0, 2, 4, 8, 12):
            text = praise * times + danger + " " + praise * times
            assert understand(text, kind="review").urgency is not None, (times, danger)


@pytest.mark.parametrize(
    "text",
    [
        "In the film a man with a knife ran through the hall and children screamed",
        "Fire drill: a man with a knife ran through the hall and children screamed",
        "At the Louvre: wires poking out of a rucksack and children screamed",
        "No smoke, and no wires poking out of the pocket",
    ],
)
def test_what_phrases_pass_over_is_not_told_as_unclear(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "read_hints", lambda: {":post": (0, 0, 300)})
    assert understand(text, here=("moma",)).urgency is None


def test_what_only_alarms_is_told_by_words_that_stand_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A long text has many words, and that alone is no danger."""
    monkeypatch.setattr(table, "read_hints", lambda: {"lips": (0, 0, 80), "blue": (0, 0, 80)})
    between = "some other words of no interest at all " * 9
    assert understand(f"Her lips {between} were blue").urgency is None
    urgency = understand(f"{between} her lips were blue {between}").urgency
    assert urgency is not None
    assert urgency.kind == "unclear"


@pytest.mark.parametrize("text", ["", "!!!", "https://example.org"])
def test_a_text_without_words_tells_of_nothing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "read_hints", lambda: {":post": (0, 0, 300)})
    assert understand(text).urgency is None
