"""What sources call queues and agents, and what they are here."""

from citydesk.city.staff import queries as staff
from citydesk.contact.traffic.models import Queue, SourceAgent


class Names:
    """Queues and agents of one source, looked up once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._queues: dict[str, Queue] = {}
        for one in Queue.objects.all():
            for name in (*one.source_names, one.code):
                self._queues.setdefault(name.casefold(), one)
        self._agents = dict(SourceAgent.objects.filter(source=source).values_list("name", "id"))
        self._people: dict[str, int] | None = None

    def queue(self, name: str) -> Queue | None:
        """The queue a source means; None for a name no queue has."""
        return self._queues.get(name.casefold())

    def agent(self, name: str) -> int | None:
        """The id of an agent, made when new; None for no name. A new one whose name is a user's is that person."""
        if not name or name == "NONE":
            return None
        known = self._agents.get(name)
        if known is None:
            made = SourceAgent.objects.create(source=self.source, name=name[:120], user_id=self._person(name))
            known = self._agents[name] = made.pk
        return known

    def name_of(self, agent_id: int) -> str:
        """What the source calls an agent; empty for one of another source."""
        return next((name for name, key in self._agents.items() if key == agent_id), "")

    def _person(self, name: str) -> int | None:
        """By user name: the whole name, or what stands after the technology ("Agent/dana")."""
        if self._people is None:
            self._people = {one.username.casefold(): one.id for one in staff.list_people()}
        return self._people.get(name.casefold()) or self._people.get(name.rpartition("/")[2].casefold())


def most_after() -> dict[str, int]:
    """The longest work after a contact by what sources call a queue, in small letters."""
    return {
        name.casefold(): most
        for code, names, most in Queue.objects.values_list("code", "source_names", "acw_max_s")
        for name in (code, *names)
    }
