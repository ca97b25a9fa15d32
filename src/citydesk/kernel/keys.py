"""The desk's keys in groups, as the keys panel lists them (design notes, section 4)."""

from django.utils.translation import gettext as _

Groups = list[tuple[str, list[tuple[str, str]]]]


def key_groups() -> Groups:
    """(group, [(key, what it does)]) in the reader's language. Codes of keys are not translated."""
    return [*_keys_of_contacts(), *_keys_of_lists()]


def _keys_of_contacts() -> Groups:
    return [
        (
            _("Anywhere"),
            [
                ("F1", _("Keys")),
                ("F2", _("New contact")),
                ("Ctrl K", _("Find anything")),
                ("F3", _("Read the bulletin")),
                ("Shift F6", _("Key a printed form")),
                ("Shift F8", _("Clock: what I do now")),
                ("Shift F1", _("Ask supervisor")),
                ("Ctrl F1", _("Panic: alerts with my place")),
                ("Ctrl Z", _("Undo the last act that offers it")),
                ("Esc", _("Close the innermost, never a draft")),
            ],
        ),
        (
            _("Contact"),
            [
                ("Alt 1", _("to 9: take what has that number")),
                ("F4", _("Park, again to resume")),
                ("F5", _("Not used: reload is safe")),
                ("Shift F4", _("Dropped call")),
                ("F12", _("Save and read")),
                ("Ctrl Enter", _("Save and read, second key")),
            ],
        ),
        (
            _("Outcomes"),
            [
                ("F6", _("Me too")),
                ("F7", _("Tell status")),
                ("F8", _("Answered or told")),
                ("F9", _("Transfer")),
                ("F10", _("Call back")),
                ("Shift F2", _("Another request")),
                ("Shift F12", _("Settled with this contact?")),
            ],
        ),
    ]


def _keys_of_lists() -> Groups:
    return [
        (
            _("Lists"),
            [
                ("J K", _("Down, up")),
                ("Enter", _("Open it")),
                ("Space", _("Peek beside")),
                ("X", _("Select")),
                ("Shift X", _("Select to here")),
                ("M", _("Take it")),
                (_("1 to 9"), _("Saved view")),
                ("[ ]", _("Previous, next in the list")),
            ],
        ),
    ]
