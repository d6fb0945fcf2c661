"""What the server knows of access points in memory, and what it noticed of them since it last wrote that down.

The event loop writes notes, the database thread takes them; each hand-over is one step of the interpreter.
"""

from dataclasses import dataclass, field
from typing import Final

from spotcoffee.domain.access_points import MessageAuthenticator
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.services.directory import Directory, Listed, Neighbours, Notes

# Different notes kept between two writings: a flood of invented sources is counted, not listed.
MOST_NOTES: Final = 200


@dataclass(slots=True)
class Book:
    """The directory, the started digests of its secrets, and the notes."""

    directory: Directory
    notes: Notes = field(default_factory=Notes)
    _secrets: dict[bytes, Secret] = field(default_factory=dict)
    _proven: set[int] = field(default_factory=set)

    def secret_of(self, neighbours: Neighbours) -> Secret:
        """The shared secret of an address, ready for use."""
        secret = self._secrets.get(neighbours.secret)
        if secret is None:
            secret = self._secrets[neighbours.secret] = Secret(neighbours.secret)
        return secret

    def requires_proof(self, listed: Listed) -> bool:
        """Whether Access-Requests from there must carry a Message-Authenticator."""
        policy = listed.message_authenticator
        if policy is MessageAuthenticator.AUTO:
            return listed.message_authenticator_seen or listed.access_point.id in self._proven
        return policy is MessageAuthenticator.REQUIRED

    def note_proof(self, listed: Listed) -> None:
        """An Access-Request carried a Message-Authenticator: from now on all must, and that is stored."""
        if listed.message_authenticator is MessageAuthenticator.AUTO and not self.requires_proof(listed):
            self._proven.add(listed.access_point.id)

    def note_heard(self, listed: Listed, source: str) -> None:
        """A verified packet came from an access point."""
        self.notes.heard[listed.access_point.id] = source

    def note_source(self, source: str, code: str) -> None:
        """Something unreadable or unknown came from an address."""
        sources = self.notes.sources
        if (source, code) in sources or len(sources) < MOST_NOTES:
            sources[source, code] = sources.get((source, code), 0) + 1

    def note_fault(self, access_point_id: int, organisation_id: int, code: str) -> None:
        """An access point showed something odd."""
        key = (access_point_id, organisation_id, code)
        self.notes.faults[key] = self.notes.faults.get(key, 0) + 1

    def take_notes(self) -> Notes:
        """The notes so far; new ones begin."""
        taken, self.notes = self.notes, Notes()
        # Said again until the directory shows it: a note that could not be written must not be lost.
        points = self.directory.points
        taken.proven = {key for key in self._proven if key in points and not points[key].message_authenticator_seen}
        return taken
