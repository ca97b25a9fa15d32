"""Lists: filters typed and parsed, pages by key, saved views, bulk selection, exports of exactly what is shown.

A room writes one `ListSpec` beside its query and calls `list_page`; see the kernel's README.
"""

from citydesk.kernel.lists.bulk import Selection, selected
from citydesk.kernel.lists.export import export_response, values_response, write_csv, write_xlsx
from citydesk.kernel.lists.filters import (
    BoolFilter,
    ChoiceFilter,
    ColumnsFilter,
    DateRange,
    DateRangeFilter,
    Filter,
    MultiFilter,
    Option,
    TextFilter,
)
from citydesk.kernel.lists.kept import Given, Ids, Statements, Words, among, filled, moment
from citydesk.kernel.lists.page import ListPage, Reading, Total, key_of, list_page, read_address, texts_in
from citydesk.kernel.lists.saved import (
    ViewLink,
    delete_view,
    own_address,
    rename_view,
    save_own,
    save_view,
    view_links,
    view_rows,
    views_for,
)
from citydesk.kernel.lists.spec import Column, Key, ListSpec, Sort
from citydesk.kernel.lists.taking import take_out, taken_lately

__all__ = [
    "BoolFilter",
    "ChoiceFilter",
    "Column",
    "ColumnsFilter",
    "DateRange",
    "DateRangeFilter",
    "Filter",
    "Given",
    "Ids",
    "Key",
    "ListPage",
    "ListSpec",
    "MultiFilter",
    "Option",
    "Reading",
    "Selection",
    "Sort",
    "Statements",
    "TextFilter",
    "Total",
    "ViewLink",
    "Words",
    "among",
    "delete_view",
    "export_response",
    "filled",
    "key_of",
    "list_page",
    "moment",
    "own_address",
    "read_address",
    "rename_view",
    "save_own",
    "save_view",
    "selected",
    "take_out",
    "taken_lately",
    "texts_in",
    "values_response",
    "view_links",
    "view_rows",
    "views_for",
    "write_csv",
    "write_xlsx",
]
