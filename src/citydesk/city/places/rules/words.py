"""Words of addresses and how the postal service shortens them (USPS Publication 28), in English and Spanish."""

from scourgify.address_constants import DIRECTIONAL_REPLACEMENTS, STREET_TYPE_ABBREVIATIONS

DIRECTIONALS: dict[str, str] = {
    **DIRECTIONAL_REPLACEMENTS,
    **{short: short for short in DIRECTIONAL_REPLACEMENTS.values()},
}
SPANISH_DIRECTIONALS = {
    "NORTE": "N",
    "SUR": "S",
    "ESTE": "E",
    "OESTE": "W",
    "NORESTE": "NE",
    "NOROESTE": "NW",
    "SURESTE": "SE",
    "SUDESTE": "SE",
    "SUROESTE": "SW",
    "SUDOESTE": "SW",
}

# Words that Publication 28 lists as suffixes but that end the proper name of many a street ("Oak Hill", "The Loop").
STREET_TYPES: dict[str, str] = {
    **STREET_TYPE_ABBREVIATIONS,
    **{short: short for short in STREET_TYPE_ABBREVIATIONS.values()},
}
LONG_TYPES = {"AVE": "AVENUE", "BLVD": "BOULEVARD", "CT": "COURT", "HWY": "HIGHWAY", "RD": "ROAD", "RTE": "ROUTE"}

# A Spanish word before a name, and the English type that the same street most often has.
SPANISH_TYPES = {
    "CALLE": "ST",
    "AVENIDA": "AVE",
    "AVDA": "AVE",
    "AV": "AVE",
    "BULEVAR": "BLVD",
    "BOULEVARD": "BLVD",
    "CAMINO": "RD",
    "CARRETERA": "RD",
    "CARR": "RD",
    "CALLEJON": "ALY",
    "PASEO": "PSGE",
    "PLAZA": "PLZ",
    "CIRCULO": "CIR",
    "CERRADA": "CT",
    "PASAJE": "PSGE",
    "SENDERO": "TRL",
}

# Unit designators followed by an identifier; the Spanish ones give the postal word.
UNITS = {
    "APARTMENT": "APT",
    "APT": "APT",
    "APTS": "APT",
    "BUILDING": "BLDG",
    "BLDG": "BLDG",
    "DEPARTMENT": "DEPT",
    "DEPT": "DEPT",
    "FLOOR": "FL",
    "FL": "FL",
    "LOT": "LOT",
    "ROOM": "RM",
    "RM": "RM",
    "SPACE": "SPC",
    "SPC": "SPC",
    "SUITE": "STE",
    "STE": "STE",
    "TRAILER": "TRLR",
    "TRLR": "TRLR",
    "UNIT": "UNIT",
    "HANGAR": "HNGR",
    "HNGR": "HNGR",
    "#": "#",
    "NO": "#",
    "APARTAMENTO": "APT",
    "APTO": "APT",
    "APTA": "APT",
    "DEPARTAMENTO": "APT",
    "DEPTO": "APT",
    "EDIFICIO": "BLDG",
    "EDIF": "BLDG",
    "PISO": "FL",
    "OFICINA": "OFC",
    "LOTE": "LOT",
    "UNIDAD": "UNIT",
    "CUARTO": "RM",
}
# Unit designators that stand alone at the end of a line.
LONE_UNITS = {
    "BASEMENT": "BSMT",
    "BSMT": "BSMT",
    "FRONT": "FRNT",
    "FRNT": "FRNT",
    "LOBBY": "LBBY",
    "LBBY": "LBBY",
    "LOWER": "LOWR",
    "LOWR": "LOWR",
    "OFFICE": "OFC",
    "OFC": "OFC",
    "PENTHOUSE": "PH",
    "PH": "PH",
    "REAR": "REAR",
    "UPPER": "UPPR",
    "UPPR": "UPPR",
    "SOTANO": "BSMT",
}
# These may be words of a street's name, so they begin a unit only behind a street type.
WEAK_UNITS = {"SPACE", "LOT", "NO", "FLOOR", "FL", "ROOM", "DEPARTMENT", "DEPT", "LOTE", "BUILDING"}

ORDINAL_WORDS = {
    "FIRST": "1ST",
    "SECOND": "2ND",
    "THIRD": "3RD",
    "FOURTH": "4TH",
    "FIFTH": "5TH",
    "SIXTH": "6TH",
    "SEVENTH": "7TH",
    "EIGHTH": "8TH",
    "NINTH": "9TH",
    "TENTH": "10TH",
    "ELEVENTH": "11TH",
    "TWELFTH": "12TH",
    "THIRTEENTH": "13TH",
    "FOURTEENTH": "14TH",
    "FIFTEENTH": "15TH",
    "SIXTEENTH": "16TH",
    "SEVENTEENTH": "17TH",
    "EIGHTEENTH": "18TH",
    "NINETEENTH": "19TH",
    "TWENTIETH": "20TH",
}

# Beginnings of numbered highways, longest first, with the form Publication 28 prefers.
HIGHWAYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("U", "S", "HIGHWAY"), "US HIGHWAY"),
    (("UNITED", "STATES", "HIGHWAY"), "US HIGHWAY"),
    (("US", "HIGHWAY"), "US HIGHWAY"),
    (("US", "HWY"), "US HIGHWAY"),
    (("US", "ROUTE"), "US HIGHWAY"),
    (("US", "RT"), "US HIGHWAY"),
    (("US", "RTE"), "US HIGHWAY"),
    (("US",), "US HIGHWAY"),
    (("STATE", "HIGHWAY"), "STATE HIGHWAY"),
    (("STATE", "HWY"), "STATE HIGHWAY"),
    (("STATE", "ROUTE"), "STATE ROUTE"),
    (("STATE", "RTE"), "STATE ROUTE"),
    (("STATE", "RT"), "STATE ROUTE"),
    (("STATE", "ROAD"), "STATE ROAD"),
    (("STATE", "RD"), "STATE ROAD"),
    (("SR",), "STATE ROUTE"),
    (("SH",), "STATE HIGHWAY"),
    (("COUNTY", "HIGHWAY"), "COUNTY HIGHWAY"),
    (("COUNTY", "HWY"), "COUNTY HIGHWAY"),
    (("COUNTY", "ROUTE"), "COUNTY ROUTE"),
    (("COUNTY", "ROAD"), "COUNTY ROAD"),
    (("COUNTY", "RD"), "COUNTY ROAD"),
    (("CR",), "COUNTY ROAD"),
    (("CO", "RD"), "COUNTY ROAD"),
    (("FARM", "TO", "MARKET"), "FM"),
    (("FM",), "FM"),
    (("RANCH", "ROAD"), "RANCH ROAD"),
    (("INTERSTATE",), "INTERSTATE"),
    (("I",), "INTERSTATE"),
    (("HIGHWAY",), "HIGHWAY"),
    (("HWY",), "HIGHWAY"),
    (("ROUTE",), "ROUTE"),
    (("RTE",), "ROUTE"),
    (("RT",), "ROUTE"),
    (("CARRETERA", "ESTATAL"), "STATE HIGHWAY"),
    (("AUTOPISTA",), "INTERSTATE"),
    (("RUTA",), "ROUTE"),
)
# Kinds of highway that people say one for another; a city's list decides which of them it is.
HIGHWAY_KIN = ("HIGHWAY", "STATE HIGHWAY", "STATE ROUTE", "STATE ROAD", "ROUTE", "US HIGHWAY")
