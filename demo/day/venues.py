"""The museums of a generated day: how busy they are, and what their visitors call things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Venue:
    """A museum as its visitors speak of it, by language."""

    museum_id: str
    rate: float
    """Posts, as a share of all museums' posts."""
    languages: Mapping[str, float]
    """How often each language is heard."""
    at: Mapping[str, str]
    """ "at the Louvre"."""
    works: Mapping[str, tuple[str, ...]]
    """Each with its article, as the object of a verb."""


VENUES = (
    Venue(
        museum_id="museo-egizio",
        rate=0.18,
        languages={"it": 0.6, "en": 0.2, "fr": 0.1, "de": 0.05, "es": 0.05},
        at={
            "en": "at the Museo Egizio",
            "it": "al Museo Egizio",
            "fr": "au Musée égyptien de Turin",
            "de": "im Ägyptischen Museum in Turin",
            "es": "en el Museo Egizio",
        },
        works={
            "en": (
                "the statue of Ramesses II",
                "the Gallery of the Kings",
                "the temple of Ellesiya",
            ),
            "it": ("la statua di Ramesse II", "la Galleria dei Re", "il corredo di Kha e Merit"),
            "fr": ("la statue de Ramsès II", "la Galerie des Rois", "le temple d'Ellesiya"),
            "de": ("die Statue von Ramses II.", "die Galerie der Könige", "den Schatz von Kha"),
            "es": ("la estatua de Ramsés II", "la Galería de los Reyes", "el ajuar de Kha y Merit"),
        },
    ),
    Venue(
        museum_id="louvre",
        rate=0.22,
        languages={"fr": 0.45, "en": 0.25, "it": 0.1, "es": 0.1, "de": 0.1},
        at={
            "en": "at the Louvre",
            "it": "al Louvre",
            "fr": "au Louvre",
            "de": "im Louvre",
            "es": "en el Louvre",
        },
        works={
            "en": ("the Winged Victory of Samothrace", "the Venus de Milo", "the Mona Lisa"),
            "it": ("la Nike di Samotracia", "la Venere di Milo", "la Gioconda"),
            "fr": ("la Victoire de Samothrace", "la Vénus de Milo", "la Joconde"),
            "de": ("die Nike von Samothrake", "die Venus von Milo", "die Mona Lisa"),
            "es": ("la Victoria de Samotracia", "la Venus de Milo", "la Gioconda"),
        },
    ),
    Venue(
        museum_id="british-museum",
        rate=0.16,
        languages={"en": 0.7, "it": 0.1, "fr": 0.1, "es": 0.05, "de": 0.05},
        at={
            "en": "at the British Museum",
            "it": "al British Museum",
            "fr": "au British Museum",
            "de": "im British Museum",
            "es": "en el British Museum",
        },
        works={
            "en": ("the Rosetta Stone", "the Sutton Hoo helmet", "the Lewis chessmen"),
            "it": ("la stele di Rosetta", "l'elmo di Sutton Hoo", "gli scacchi di Lewis"),
            "fr": ("la pierre de Rosette", "le casque de Sutton Hoo", "les échecs de Lewis"),
            "de": ("den Stein von Rosette", "den Helm von Sutton Hoo", "die Lewis-Schachfiguren"),
            "es": ("la piedra de Rosetta", "el casco de Sutton Hoo", "el ajedrez de Lewis"),
        },
    ),
    Venue(
        museum_id="prado",
        rate=0.16,
        languages={"es": 0.65, "en": 0.2, "fr": 0.1, "it": 0.05},
        at={
            "en": "at the Prado",
            "it": "al Prado",
            "fr": "au Prado",
            "de": "im Prado",
            "es": "en el Prado",
        },
        works={
            "en": ("Las Meninas", "The Garden of Earthly Delights", "Fra Angelico's Annunciation"),
            "it": (
                "Las Meninas",
                "il Giardino delle delizie",
                "l'Annunciazione del Beato Angelico",
            ),
            "fr": ("Les Ménines", "Le Jardin des délices", "L'Annonciation de Fra Angelico"),
            "de": ("Las Meninas", "den Garten der Lüste", "die Verkündigung von Fra Angelico"),
            "es": ("Las meninas", "El jardín de las delicias", "La Anunciación de Fra Angelico"),
        },
    ),
    Venue(
        museum_id="moma",
        rate=0.12,
        languages={"en": 0.8, "es": 0.15, "fr": 0.05},
        at={
            "en": "at MoMA",
            "it": "al MoMA",
            "fr": "au MoMA",
            "de": "im MoMA",
            "es": "en el MoMA",
        },
        works={
            "en": ("The Starry Night", "Les Demoiselles d'Avignon", "Monet's Water Lilies"),
            "it": ("la Notte stellata", "Les Demoiselles d'Avignon", "le Ninfee di Monet"),
            "fr": ("La Nuit étoilée", "Les Demoiselles d'Avignon", "les Nymphéas de Monet"),
            "de": ("die Sternennacht", "Les Demoiselles d'Avignon", "die Seerosen von Monet"),
            "es": ("La noche estrellada", "Las señoritas de Avignon", "los nenúfares de Monet"),
        },
    ),
    Venue(
        museum_id="deutsches-museum",
        rate=0.11,
        languages={"de": 0.85, "en": 0.15},
        at={
            "en": "at the Deutsches Museum",
            "it": "al Deutsches Museum",
            "fr": "au Deutsches Museum",
            "de": "im Deutschen Museum",
            "es": "en el Deutsches Museum",
        },
        works={
            "en": ("the U1 submarine", "the Foucault pendulum", "the Zuse Z4"),
            "it": ("il sommergibile U1", "il pendolo di Foucault", "il calcolatore Zuse Z4"),
            "fr": ("le sous-marin U1", "le pendule de Foucault", "le calculateur Zuse Z4"),
            "de": ("das U-Boot U1", "das Foucaultsche Pendel", "den ersten Dieselmotor"),
            "es": ("el submarino U1", "el péndulo de Foucault", "el ordenador Zuse Z4"),
        },
    ),
    Venue(
        museum_id="tokyo-national-museum",
        rate=0.05,
        languages={"en": 0.7, "fr": 0.1, "de": 0.1, "es": 0.1},
        at={
            "en": "at the Tokyo National Museum",
            "it": "al Museo Nazionale di Tokyo",
            "fr": "au Musée national de Tokyo",
            "de": "im Nationalmuseum Tokio",
            "es": "en el Museo Nacional de Tokio",
        },
        works={
            "en": ("the haniwa warrior", "the samurai armour", "the painted screens"),
            "it": ("il guerriero haniwa", "le armature dei samurai", "i paraventi dipinti"),
            "fr": ("le guerrier haniwa", "les armures de samouraï", "les paravents peints"),
            "de": ("den Haniwa-Krieger", "die Samurai-Rüstungen", "die bemalten Wandschirme"),
            "es": ("el guerrero haniwa", "las armaduras de samurái", "los biombos pintados"),
        },
    ),
)
