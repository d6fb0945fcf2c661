"""The sentences that all pages of docs/howto/equipment/ share, in English and French.

Names of fields and buttons come from the staff's own catalogue, so that they can't differ from what is on the screen.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext
from tools.equipment_visits import CONTROLLED

from spotcoffee.domain.access_points import CAPABILITIES, Equipment
from spotcoffee.web.portal.adapters import ADAPTERS
from spotcoffee.wording.access_points import equipment_in_words

# The address to enter, where it is not simply the equipment's.
ADDRESS: Final[Mapping[Equipment, tuple[str, str]]] = {
    Equipment.MERAKI: (
        "Meraki's cloud asks, not the access points: enter the network that your Meraki dashboard says its requests "
        "come from.",
        "c’est le nuage de Meraki qui demande, pas les bornes : saisissez le réseau d’où partent ses demandes, tel que "
        "votre tableau de bord Meraki l’indique.",
    ),
    Equipment.GATEWAY: (
        "the address that the box has towards the server; `127.0.0.1` where the server is on the box itself.",
        "l’adresse de la machine du côté du serveur ; `127.0.0.1` si le serveur est sur la même machine.",
    ),
    Equipment.UNIFI: (
        "the network of the access points, for example `192.168.1.0/24`.",
        "le réseau des bornes, par exemple `192.168.1.0/24`.",
    ),
    Equipment.OMADA: (
        "the network of the access points, for example `192.168.1.0/24`.",
        "le réseau des bornes, par exemple `192.168.1.0/24`.",
    ),
}
USUAL_ADDRESS: Final = (
    "the IP address that the equipment has towards the server.",
    "l’adresse IP de l’équipement du côté du serveur.",
)
HALVES: Final = {
    "en": {
        "heard": "The equipment speaks to the server",
        "login": "A guest logs in",
        "reports": "What he uses is told",
        "orders": "He can be put off",
    },
    "fr": {
        "heard": "L’équipement parle au serveur",
        "login": "Un client se connecte",
        "reports": "Son usage est relevé",
        "orders": "On peut le déconnecter",
    },
}
CHECK_HEAD: Final = {
    "en": ("part of the road", "the page says, when it works", "or, until then"),
    "fr": ("partie du chemin", "la page dit, quand cela marche", "ou, d’ici là"),
}
BY_CONTROLLER: Final = frozenset({Equipment.UNIFI, Equipment.OMADA})
# Where no reports come by RADIUS: how use is known.
READ: Final[Mapping[Equipment, tuple[str, str]]] = {
    Equipment.UNIFI: (
        "The server reads what guests use from the controller every 10 s.",
        "Le serveur lit l’usage des clients dans le contrôleur toutes les 10 s.",
    ),
    Equipment.OMADA: (
        "Nothing says what guests use: the server's clock counts their time.",
        "Rien ne dit ce que les clients utilisent : l’horloge du serveur compte leur temps.",
    ),
    Equipment.OPENNDS: (
        "Our script tells what guests use every 3 s.",
        "Notre script dit toutes les 3 s ce que les clients utilisent.",
    ),
}
LEAST_INTERIM: Final = {
    "en": "Between two reports of a guest's use: {seconds} s or more.",
    "fr": "Entre deux relevés de l’usage d’un client : {seconds} s ou plus.",
}
DOUBTS: Final = {
    "en": "Found in no public documentation or source, or never tried by us on such equipment:",
    "fr": "Introuvable dans une documentation ou un code publics, ou jamais essayé par nous sur cet équipement :",
}
NO_DOUBTS: Final = {
    "en": "Nothing is open: our tests run it.",
    "fr": "Rien n’est en suspens : nos tests le font tourner.",
}
# What is unverified, in French; a test misses what has no translation.
DOUBTS_FR: Final[Mapping[str, str]] = {
    "all of it: these are the ways most equipment has": "tout : ce sont les habitudes de la plupart des équipements",
    "that Recv-Limit is the guest's upload (by analogy with its other counters)": (
        "que Recv-Limit soit l’envoi du client (par analogie avec ses autres compteurs)"
    ),
    "its port for orders, and what a CoA's limits count from": (
        "son port des ordres, et depuis quand comptent les limites changées en cours de session"
    ),
    "whether the idle time is inside the time of its Stop": (
        "si le temps d’inactivité est compris dans la durée qu’il relève à la fin"
    ),
    "whether uspot obeys the idle time, and its orders": "si uspot respecte le temps d’inactivité et les ordres",
    "the idle time": "le temps d’inactivité",
    "its port for orders": "son port des ordres",
    "the unit of its own rate attributes, so none are sent": (
        "l’unité de ses propres attributs de débit : aucun n’est envoyé"
    ),
    "rates (it knows roles, and WISPr in part), so none are sent": (
        "les débits (il connaît des rôles, et WISPr en partie) : aucun n’est envoyé"
    ),
    "its own quota attributes, so none are sent": "ses propres attributs de quota : aucun n’est envoyé",
    "the session time and the idle time": "la durée de session et le temps d’inactivité",
    "rates, so none are sent": "les débits : aucun n’est envoyé",
    "its hotspot's pages and the configuration on a router: only against a stand-in": (
        "les pages de son hotspot et la configuration sur un vrai routeur : essayées avec une doublure seulement"
    ),
    "its setting for option 114": "son réglage pour l’option 114",
    "the login on a running one: the ports 8002 and 8003, and which placeholders a version fills in": (
        "la connexion sur un vrai pfSense : les ports 8002 et 8003, et les variables qu’une version remplit"
    ),
    "the login on a running one": "la connexion sur un équipement réel",
    "levels 2 and 4 on a running one; levels 1 and 3 run in our tests, with openNDS 9.10": (
        "les niveaux 2 et 4 en vrai ; les niveaux 1 et 3 tournent dans nos tests, avec openNDS 9.10"
    ),
    "versions above 9.10": "les versions au-delà de 9.10",
    "the login, with any controller: only against a stand-in": (
        "la connexion avec un vrai contrôleur : essayée avec une doublure seulement"
    ),
    "the path of its redirect, and that authorising a device again replaces its limits": (
        "le chemin de sa redirection, et qu’autoriser de nouveau un appareil remplace ses limites"
    ),
    "that an authorisation of a millisecond puts a device off": (
        "qu’une autorisation d’une milliseconde déconnecte un appareil"
    ),
    "the commands of its configuration": "les commandes de sa configuration",
    "the login on a running one, and the way out by `cmd=logout`": (
        "la connexion sur un équipement réel, et la sortie par `cmd=logout`"
    ),
    "the login on a running one, and the way out by `/logout`": (
        "la connexion sur un équipement réel, et la sortie par `/logout`"
    ),
    "the login on a running one, and that each `login_url` is of network-auth.com": (
        "la connexion en vrai, et que chaque `login_url` soit de network-auth.com"
    ),
}


def name_of(kind: Equipment) -> str:
    """What the list of equipment on the staff's page calls it."""
    return equipment_in_words(kind.value)


def _bold(message: str) -> str:
    return f"**{gettext(message)}**"


def steps(kind: Equipment, language: str) -> Iterator[str]:
    """What to do on the staff's pages."""
    french = language == "fr"
    address = ADDRESS.get(kind, USUAL_ADDRESS)[french]
    menu, add, save = _bold("Access points"), _bold("Add an access point"), _bold("Add the access point")
    name, equipment, where = _bold("Name"), _bold("Equipment"), _bold("Address")
    yield f"Ouvrez {menu}, puis {add}." if french else f"Open {menu}, then {add}."
    if french:
        yield f"{name} : comme vous appelez l’endroit. {equipment} : **{name_of(kind)}**. {where} : {address}"
    else:
        yield f"{name}: as you call the place. {equipment}: **{name_of(kind)}**. {where}: {address}"
    yield from _particular(kind, french)
    shown, secret = _bold("Show the configuration to copy"), _bold("Its shared secret")
    if french:
        yield f"{save}. La page qui s’ouvre montre **{gettext('Its shared secret')}**, cette seule fois."
        yield f"{shown} ouvre les textes qui suivent, avec vos adresses et vos secrets : copiez-les de là, pas d’ici."
        yield f"Dans chaque offre à vendre à cet endroit, cochez-le sous {menu}."
    else:
        yield f"{save}. The page that opens shows {secret}, this once."
        yield f"{shown} opens the texts that follow, with your addresses and secrets: copy them there, not here."
        yield f"In each offer to be sold at this place, tick it under {menu}."


def _particular(kind: Equipment, french: bool) -> Iterator[str]:
    """Fields that only some kinds need."""
    if kind in BY_CONTROLLER:
        part, url = _bold("Its controller (UniFi, Omada)"), _bold("Address of the controller")
        account, password = _bold("Account"), _bold("Password")
        mark, own = _bold("Fingerprint of its certificate"), _bold("Identifier of the controller")
        named = f", {own}" if kind is Equipment.OMADA else ""
        if french:
            yield (
                f"Dépliez {part} et remplissez {url} (`https://192.168.1.5:8443`), {account}, {password}{named}, et "
                f"{mark} si le certificat du contrôleur est le sien propre."
            )
        else:
            yield (
                f"Unfold {part} and fill in {url} (`https://192.168.1.5:8443`), {account}, {password}{named}, and "
                f"{mark} where the controller's certificate is its own."
            )
    adapter = ADAPTERS.get(kind)
    if adapter is not None and adapter.knock is not None:
        part, hosts = _bold("More settings, rarely needed"), _bold("Hosts of its login page")
        yield (
            f"Pour qu’un ticket scanné mène à sa page de connexion, dépliez {part} et écrivez dans {hosts} l’adresse de "
            "l’équipement sur le réseau des clients (`10.77.0.1`)."
            if french
            else f"For a scanned ticket to lead to its login, unfold {part} and write into {hosts} the address that the "
            "equipment has on the guests' network (`10.77.0.1`)."
        )
    if not CAPABILITIES[kind].idle_timeout:
        part, idle = _bold("More settings, rarely needed"), _bold("Its own idle time")
        yield (
            f"Dépliez {part} et écrivez dans {idle} après combien de temps l’équipement coupe lui-même les inactifs "
            "(`10 min`) : ce temps leur sera rendu."
            if french
            else f"Unfold {part} and write into {idle} after what time the equipment itself cuts off idle guests "
            "(`10 min`): they get it back."
        )


def findings(kind: Equipment, half: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the live test can say of one part of the road: when it works; and otherwise, in order."""
    is_controller = kind in BY_CONTROLLER
    match half:
        case "heard" if kind is Equipment.OPENNDS:
            return ("script",), ("no_packet", "script_missing", "script_silent")
        case "heard" if is_controller:
            faults = ("unreachable", "wrong_certificate", "wrong_password", "refused")
            return ("controller",), ("no_controller", "no_password", *(f"controller_{fault}" for fault in faults))
        case "heard":
            return ("packets",), ("no_packet", "unknown_source", "wrong_secret", "message_authenticator_missing")
        case "login":
            return ("accepted", "refused"), ("no_login",)
        case "reports" if kind is Equipment.OMADA:
            return ("by_the_clock",), ("no_session",)
        case "reports":
            return ("reports",), ("no_session", "waiting_for_report", "login_without_reports")
        case _:
            if CAPABILITIES[kind].disconnect_port is None and kind not in CONTROLLED:
                return (), ("takes_no_orders",)
            return ("acknowledged",), ("no_order", "no_answer", "refused")
