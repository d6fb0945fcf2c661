"""Makes docs/howto/equipment/: one page for each kind of equipment, in English and in French.

`python -m tools.equipment_guides` writes them. The texts to copy come from the function that the staff's page calls,
with example values; a test holds the pages current.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import django
from django.utils.translation import override
from tools.equipment_page import NAMES, UNVERIFIED

from spotcoffee.domain.access_points import CAPABILITIES, Equipment
from spotcoffee.protocols.configuration.texts import configuration
from spotcoffee.protocols.configuration.values import Values

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "howto" / "equipment"
EXAMPLE: Final = Values(
    server="192.0.2.10",
    portal="https://wifi.example.org",
    number=7,
    secret="SECRET-OF-THE-ACCESS-POINT",  # noqa: S106 - an example
    portal_secret="SECRETOFTHEPORTAL12345678",  # noqa: S106
    coa_port=3799,
    nas_identifier="reception",
    network="Camping",
    idle_timeout=600,
)
# What is particular: English, French.
BEFORE: Final[dict[Equipment, tuple[str, str]]] = {
    Equipment.GENERIC: (
        'Any access point or router that can ask a RADIUS server (a "WPA Enterprise", "hotspot" or "captive portal" '
        "page with a server, a port and a secret).",
        "Tout point d’accès ou routeur capable d’interroger un serveur RADIUS (une page « WPA Entreprise », « hotspot » ou "
        "« portail captif » avec un serveur, un port et un secret).",
    ),
    Equipment.MIKROTIK: (
        "A MikroTik router whose guest network has its Hotspot (IP, Hotspot) set up by the router's own wizard.",
        "Un routeur MikroTik dont le réseau des clients a un Hotspot (IP, Hotspot), créé par l’assistant du routeur.",
    ),
    Equipment.COOVACHILLI: (
        "A Linux router or an OpenWrt box with CoovaChilli installed and its guest interface chosen.",
        "Un routeur Linux ou un boîtier OpenWrt avec CoovaChilli installé, son interface des clients choisie.",
    ),
    Equipment.PFSENSE: (
        "A pfSense firewall whose guest network is an interface of its own.",
        "Un pare-feu pfSense dont le réseau des clients est une interface à part.",
    ),
    Equipment.OPNSENSE: (
        "An OPNsense firewall whose guest network is an interface of its own.",
        "Un pare-feu OPNsense dont le réseau des clients est une interface à part.",
    ),
    Equipment.OPENNDS: (
        "A box with openNDS 9.10 or newer (Debian or OpenWrt), its gateway interface set. openNDS asks no RADIUS server: "
        "the portal admits the guests, and a small script of ours reports what they use.",
        "Un boîtier avec openNDS 9.10 ou plus récent (Debian ou OpenWrt), son interface choisie. openNDS n’interroge pas de "
        "serveur RADIUS : le portail admet les clients, et un petit script à nous relève leur usage.",
    ),
    Equipment.UNIFI: (
        "A UniFi controller with a guest network, and a local account on it that may manage guests.",
        "Un contrôleur UniFi avec un réseau d’invités, et un compte local qui peut gérer les invités.",
    ),
    Equipment.OMADA: (
        "An Omada controller 5.0.15 or newer, and a hotspot operator's account on it.",
        "Un contrôleur Omada 5.0.15 ou plus récent, et un compte d’opérateur de hotspot.",
    ),
    Equipment.CISCO: (
        "A Cisco wireless controller (AireOS) with a guest WLAN.",
        "Un contrôleur Wi-Fi Cisco (AireOS) avec un WLAN pour les clients.",
    ),
    Equipment.ARUBA: (
        "Aruba Instant access points with a guest network.",
        "Des points d’accès Aruba Instant avec un réseau pour les clients.",
    ),
    Equipment.RUCKUS: (
        "A Ruckus ZoneDirector with a hotspot WLAN. SmartZone is not supported yet.",
        "Un Ruckus ZoneDirector avec un WLAN de type hotspot. SmartZone n’est pas encore pris en charge.",
    ),
    Equipment.FORTINET: (
        "A FortiGate with a guest SSID or interface.",
        "Un FortiGate avec un SSID ou une interface pour les clients.",
    ),
    Equipment.MERAKI: (
        "A Meraki network whose guest SSID has a splash page with sign-on.",
        "Un réseau Meraki dont le SSID des clients a une page d’accueil avec connexion.",
    ),
    Equipment.CAMBIUM: (
        "Cambium cnPilot access points with a guest WLAN.",
        "Des points d’accès Cambium cnPilot avec un WLAN pour les clients.",
    ),
    Equipment.GATEWAY: (
        "A Debian 12 mini-PC with two network sockets, and any Wi-Fi access point in bridge mode behind it: see "
        "[the gateway](../gateway.md) and [the tutorial](../../tutorial/mini-pc.md).",
        "Un mini-PC sous Debian 12 avec deux prises réseau, et derrière lui n’importe quel point d’accès Wi-Fi en mode pont : "
        "voir [la passerelle](../gateway.md) et [le tutoriel](../../tutorial/mini-pc.md).",
    ),
}
WORDS: Final = {
    "en": {
        "title": "Connect {name}",
        "other": "En français : [{kind}.fr.md]({kind}.fr.md).",
        "need": "What you need",
        "reach": "The equipment must reach the server: RADIUS on UDP ports 1812 and 1813, the portal on its own port.",
        "here": "In SpotCoffee",
        "steps": (
            "Open **Access points**, then **Add an access point**.",
            "Give it a name, the address that its messages come from, and the equipment **{name}**. Leave the secret "
            "empty: one is made, and shown this once.",
            "Open **Set the equipment up** on its page: the texts below stand there with your own addresses and secrets, "
            "to be copied.",
            "Make sure that at least one offer has this access point.",
        ),
        "there": "On the equipment",
        "example": "The addresses and secrets here are examples. Copy the texts from the page of your access point.",
        "check": "Does it work?",
        "checks": (
            "The page of the access point says in words which half of the road works: messages arrive, a guest's login "
            "arrives, his use is reported, he can be disconnected. Take a phone, join the Wi-Fi and type the code of a "
            "test ticket: within seconds the page shows it.",
            "A wrong secret, an unknown address and a silent access point are each said by their names there.",
        ),
        "can": "What it does by itself",
        "head": ("limit", "kept by the equipment"),
        "rows": ("idle time", "rates", "data quotas", "disconnecting at once", "changing limits while online"),
        "yes": "yes",
        "no": "no: the server sees to it",
        "server": "What the equipment does not keep, the server keeps from its reports: it lets guests in for shorter times "
        "where they can't be disconnected.",
        "open": "Not checked by us",
    },
    "fr": {
        "title": "Raccorder {name}",
        "other": "In English: [{kind}.md]({kind}.md).",
        "need": "Ce qu’il faut",
        "reach": "L’équipement doit joindre le serveur : RADIUS sur les ports UDP 1812 et 1813, le portail sur le sien.",
        "here": "Dans SpotCoffee",
        "steps": (
            "Ouvrez **Points d’accès**, puis **Ajouter un point d’accès**.",
            "Donnez-lui un nom, l’adresse d’où viennent ses messages, et l’équipement **{name}**. Laissez le secret vide : "
            "il est créé, et montré cette seule fois.",
            "Ouvrez la mise en service sur sa page : les textes ci-dessous y sont avec vos propres adresses et secrets, "
            "prêts à copier.",
            "Vérifiez qu’au moins une offre comprend ce point d’accès.",
        ),
        "there": "Sur l’équipement",
        "example": "Les adresses et les secrets d’ici sont des exemples. Copiez les textes de la page de votre point d’accès.",
        "check": "Est-ce que cela marche ?",
        "checks": (
            "La page du point d’accès dit en clair quelle moitié du chemin marche : les messages arrivent, la connexion d’un "
            "client arrive, son usage est relevé, il peut être déconnecté. Prenez un téléphone, rejoignez le Wi-Fi et saisissez "
            "le code d’un ticket d’essai : la page le montre en quelques secondes.",
            "Un mauvais secret, une adresse inconnue et un point d’accès muet y sont chacun appelés par leur nom.",
        ),
        "can": "Ce qu’il fait de lui-même",
        "head": ("limite", "tenue par l’équipement"),
        "rows": (
            "inactivité",
            "débits",
            "quotas de données",
            "déconnexion immédiate",
            "limites changées en cours de session",
        ),
        "yes": "oui",
        "no": "non : le serveur s’en charge",
        "server": "Ce que l’équipement ne tient pas, le serveur le tient d’après ses relevés : il admet les clients pour des "
        "durées plus courtes là où l’on ne peut pas les déconnecter.",
        "open": "Non vérifié par nous (en anglais)",
    },
}


def pages() -> Iterator[tuple[str, str]]:
    """The name of each file and what stands in it."""
    for equipment in Equipment:
        yield f"{equipment.value}.md", "\n".join(_page(equipment, "en"))
        yield f"{equipment.value}.fr.md", "\n".join(_page(equipment, "fr"))


def _page(equipment: Equipment, language: str) -> Iterator[str]:
    words, name = WORDS[language], NAMES[equipment]
    if language == "fr" and equipment is Equipment.GENERIC:
        name = "tout autre équipement"
    yield f"# {str(words['title']).format(name=name)}\n"
    yield str(words["other"]).format(kind=equipment.value) + "\n"
    yield f"## {words['need']}\n"
    yield BEFORE[equipment][language == "fr"] + "\n"
    yield f"{words['reach']}\n"
    yield f"## {words['here']}\n"
    for number, step in enumerate(words["steps"], 1):
        yield f"{number}. {step.format(name=name)}"
    yield f"\n## {words['there']}\n"
    yield f"{words['example']}\n"
    yield from _texts(equipment, language)
    yield f"## {words['check']}\n"
    yield from (f"{check}\n" for check in words["checks"])
    yield from _capabilities(equipment, language)
    if UNVERIFIED[equipment]:
        yield f"\n## {words['open']}\n"
        yield from (f"* {one}" for one in UNVERIFIED[equipment])
    yield ""


def _texts(equipment: Equipment, language: str) -> Iterator[str]:
    # Django must be set up before sentences are read; `main` and the test have done it.
    from spotcoffee.wording.equipment_setup import title_of  # noqa: PLC0415

    for text in configuration(equipment, EXAMPLE):
        with override(language):
            yield f"### {title_of(text.name)}\n"
        yield f"```\n{text.text.rstrip()}\n```\n"


def _capabilities(equipment: Equipment, language: str) -> Iterator[str]:
    words, can = WORDS[language], CAPABILITIES[equipment]
    kept = (can.idle_timeout, can.rates, can.quota_most > 0, can.disconnect_port is not None, can.change)
    yield f"## {words['can']}\n"
    yield f"| {words['head'][0]} | {words['head'][1]} |\n|---|---|"
    for row, is_kept in zip(words["rows"], kept, strict=True):
        yield f"| {row} | {words['yes'] if is_kept else words['no']} |"
    yield f"\n{words['server']}"


def main() -> None:
    """Write all pages."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "spotcoffee.project.settings"
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in pages():
        (FOLDER / name).write_text(page)
    sys.stdout.write(f"{len(Equipment) * 2} pages\n")


if __name__ == "__main__":
    main()
