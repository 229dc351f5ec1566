"""The settings of dialects: what stands beside the keys, and what no single key can tell."""

from collections.abc import Mapping
from typing import Annotated, Final

from carrierbox import dialects
from carrierbox.codecs.receipt_dialect import STANDARD, Dialect
from carrierbox.config_reading import Reading, told

DialectName = Annotated[
    str,
    told(
        "how its ids and receipts are written: `carrierbox config dialects` lists the names",
        dialects.read_dialect_name,
        dialects.DIALECT_NAME_SCHEMA,
    ),
]
ReceiptTlvs = Annotated[
    list[int],
    told(
        "tags of TLVs that its receipts take over from what it submitted, as in [0x1403]",
        dialects.read_receipt_tlvs,
        dialects.RECEIPT_TLVS_SCHEMA,
    ),
]
OwnDialects = Annotated[
    dict[str, Dialect],
    told(
        "dialects of its own by name, beside those that come with carrierbox",
        dialects.read_dialects,
        dialects.DIALECTS_SCHEMA,
    ),
]
DEFAULT_DIALECT: Final = STANDARD.name


def chosen_dialect(name: str, own: Mapping[str, Dialect] | None) -> Dialect:
    """The dialect of that name, of a box's own or of those that come with the package."""
    return (own or {}).get(name) or dialects.dialect_named(name)


def check_dialects(reading: Reading) -> None:
    """Every account's dialect comes with carrierbox or is one of its box."""
    for path, name in list(reading.read.items()):
        box, is_account, _ = path.partition("accounts[")
        if not is_account or not path.endswith("].dialect") or name == DEFAULT_DIALECT:
            continue
        own = reading.read.get(f"{box}dialects", {})
        known = {**dialects.builtin_dialects(), **(own if isinstance(own, dict) else {})}
        is_wrong_there = any(each.startswith(f"{box}dialects") for each in reading.problems)
        if name not in known and not is_wrong_there:
            reading.problem(path, dialects.no_dialect(str(name), known))
