"""What clients do wrong, as data: one `Rule` for each thing the linter can say.

A clause is one of SMPP 3.4 unless it names another specification; a trap is one of the field study
behind this project, whose numbers tests cite, too.
"""

from typing import Final

ERROR: Final = "error"
"""Against the specification: carriers refuse it, or understand something else."""
WARNING: Final = "warning"
"""Works with some carriers and not with others."""
NOTE: Final = "note"
"""Worth knowing; nothing is wrong with the client."""

SEVERITIES: Final = (ERROR, WARNING, NOTE)
"""Worst first."""


class Rule:
    """One thing the linter can say. `rule_id` is the contract of JSON and of tests."""

    def __init__(
        self, rule_id: str, severity: str, clause: str, trap: str, title: str, remedy: str
    ) -> None:
        self.rule_id = rule_id
        self.severity = severity
        self.clause = clause
        self.trap = trap
        self.title = title
        self.remedy = remedy

    def __repr__(self) -> str:
        return f"<rule {self.rule_id}>"


RULES: Final[dict[str, Rule]] = {}
"""Every rule by its id, in the order in which they are declared here."""


def _rule(rule_id: str, severity: str, clause: str, trap: str, title: str, remedy: str) -> Rule:
    rule = RULES[rule_id] = Rule(rule_id, severity, clause, trap, title, remedy)
    return rule


# Framing (SMPP 3.4 §3).
FRAMING_LOST: Final = _rule(
    "framing-lost",
    ERROR,
    "SMPP 3.4 §3.2, §5.1.1",
    "T03",
    "octets that are no PDU",
    "write command_length as the length of the whole PDU, and nothing between PDUs",
)
UNKNOWN_COMMAND: Final = _rule(
    "unknown-command",
    ERROR,
    "SMPP 3.4 §5.1.2.1",
    "T07",
    "a command_id that SMPP 3.4 does not have",
    "send only commands of table 5-1; a carrier answers others with generic_nack",
)
BODY_CUT: Final = _rule(
    "body-cut",
    ERROR,
    "SMPP 3.4 §3.2, §4",
    "T06",
    "a PDU that ends before its mandatory fields do",
    "send every mandatory field; an empty C-Octet String is one NUL",
)
SM_LENGTH: Final = _rule(
    "sm-length",
    ERROR,
    "SMPP 3.4 §5.2.21",
    "T06",
    "sm_length is not the length of short_message",
    "count the octets of short_message, after encoding and with its user data header",
)
TRAILING_OCTETS: Final = _rule(
    "trailing-octets",
    WARNING,
    "SMPP 3.4 §3.2.4",
    "T05",
    "octets after the last field that are no optional parameter",
    "end the PDU with its last field; short_message has no NUL at its end",
)
REQUEST_STATUS: Final = _rule(
    "request-status",
    WARNING,
    "SMPP 3.4 §5.1.3",
    "T48",
    "a request with a command_status",
    "set command_status to 0 in every request",
)

# Lengths of strings (SMPP 3.4 §3.1, §5.2).
SYSTEM_ID_TOO_LONG: Final = _rule(
    "system-id-too-long",
    ERROR,
    "SMPP 3.4 §5.2.1",
    "T12",
    "a system_id of more than 15 characters",
    "ask the carrier for a shorter system_id",
)
PASSWORD_TOO_LONG: Final = _rule(
    "password-too-long",
    ERROR,
    "SMPP 3.4 §5.2.2",
    "T12",
    "a password of more than 8 characters",
    "use a password of at most 8 characters: strict carriers refuse others or cut them",
)
ADDRESS_TOO_LONG: Final = _rule(
    "address-too-long",
    ERROR,
    "SMPP 3.4 §5.2.8, §5.2.9",
    "T12",
    "an address longer than its field",
    "an address has at most 20 characters (64 in data_sm)",
)
STRING_TOO_LONG: Final = _rule(
    "string-too-long",
    ERROR,
    "SMPP 3.4 §3.1, §5.2",
    "T12",
    "a C-Octet String longer than its field",
    "keep to the maximum of the field, its NUL included",
)
SHORT_MESSAGE_255: Final = _rule(
    "short-message-255",
    WARNING,
    "SMPP 3.4 §5.2.21",
    "T06",
    "a short_message of 255 octets",
    "SMPP 3.4 allows 254: send more in message_payload",
)

# Sessions (SMPP 3.4 §2, §4.1, §4.2, §4.11).
INTERFACE_VERSION: Final = _rule(
    "interface-version",
    WARNING,
    "SMPP 3.4 §5.2.4",
    "T13",
    "an interface_version that is no version of SMPP",
    "bind with interface_version 0x34 (52 in decimal)",
)
TLV_BELOW_34: Final = _rule(
    "tlv-below-3.4",
    WARNING,
    "SMPP 3.4 §3.3",
    "T13",
    "optional parameters in a session bound as SMPP 3.3",
    "bind with interface_version 0x34 to send optional parameters",
)
NOT_ALLOWED_IN_STATE: Final = _rule(
    "not-allowed-in-state",
    ERROR,
    "SMPP 3.4 §2.3, table 2-1",
    "T11",
    "a PDU that the state of the session does not allow",
    "wait for the bind response; submit as transmitter or transceiver, receive as receiver or "
    "transceiver",
)
BOUND_TWICE: Final = _rule(
    "bound-twice",
    ERROR,
    "SMPP 3.4 §4.1, §5.1.3",
    "T11",
    "a bind in a session that is bound",
    "bind once in a connection; open another connection for another bind",
)
NO_ENQUIRE_LINK: Final = _rule(
    "no-enquire-link",
    WARNING,
    "SMPP 3.4 §4.11, §7.2",
    "T14",
    "silence without enquire_link",
    "send enquire_link after 30 seconds of silence: carriers close connections that say nothing",
)
ENQUIRE_LINK_UNANSWERED: Final = _rule(
    "enquire-link-unanswered",
    ERROR,
    "SMPP 3.4 §4.11",
    "T14",
    "an enquire_link of the carrier without an answer",
    "answer enquire_link at once, also while bound as transmitter and while busy",
)
CLOSED_WITHOUT_UNBIND: Final = _rule(
    "closed-without-unbind",
    WARNING,
    "SMPP 3.4 §4.2",
    "T15",
    "a bound session closed without unbind",
    "send unbind, wait for its answer, then close: what the carrier was sending is lost else",
)
REQUEST_AFTER_UNBIND: Final = _rule(
    "request-after-unbind",
    ERROR,
    "SMPP 3.4 §4.2",
    "T15",
    "a request after the client's own unbind",
    "send nothing but answers once unbind was sent",
)
UNBIND_UNANSWERED: Final = _rule(
    "unbind-unanswered",
    WARNING,
    "SMPP 3.4 §4.2",
    "T15",
    "an unbind of the carrier without an answer",
    "answer with unbind_resp, then close",
)
PASSWORD_IN_CLEAR: Final = _rule(
    "password-in-clear",
    NOTE,
    "SMPP 3.4 §5.2.2",
    "T12",
    "a password that crossed the network readable",
    "use TLS or a tunnel where the carrier offers one",
)

# Sequence numbers and answers (SMPP 3.4 §5.1.4, §2.9).
SEQUENCE_ZERO: Final = _rule(
    "sequence-zero",
    ERROR,
    "SMPP 3.4 §5.1.4",
    "T08",
    "a request with the sequence_number 0",
    "count from 1; 0 belongs to a generic_nack for a PDU without a readable header",
)
SEQUENCE_RANGE: Final = _rule(
    "sequence-range",
    ERROR,
    "SMPP 3.4 §5.1.4",
    "T08",
    "a sequence_number above 0x7FFFFFFF",
    "count to 0x7FFFFFFF, then begin with 1 again",
)
SEQUENCE_REUSED: Final = _rule(
    "sequence-reused",
    ERROR,
    "SMPP 3.4 §5.1.4",
    "T08",
    "a sequence_number used again before it was answered",
    "give every request its own number: the two answers cannot be told apart",
)
PARTS_SHARE_SEQUENCE: Final = _rule(
    "parts-share-sequence",
    ERROR,
    "SMPP 3.4 §5.1.4",
    "T08",
    "the parts of a long message with one sequence_number",
    "count every part's submit_sm: each has an answer and a message_id of its own",
)
SEQUENCE_NOT_INCREASING: Final = _rule(
    "sequence-not-increasing",
    WARNING,
    "SMPP 3.4 §5.1.4",
    "T08",
    "a sequence_number that is not above the one before",
    "let the numbers of a connection rise by one, whichever thread sends",
)
ANSWER_TO_NOTHING: Final = _rule(
    "answer-to-nothing",
    ERROR,
    "SMPP 3.4 §5.1.4",
    "T08",
    "an answer to no request of the carrier",
    "answer with the sequence_number of the request, once",
)
ANSWER_OF_OTHER_KIND: Final = _rule(
    "answer-of-other-kind",
    ERROR,
    "SMPP 3.4 §5.1.2",
    "T07",
    "an answer of another kind than its request",
    "answer deliver_sm with deliver_sm_resp, data_sm with data_sm_resp, and so on",
)
WINDOW: Final = _rule(
    "window",
    WARNING,
    "SMPP 3.4 §2.9",
    "T16",
    "many requests without an answer yet",
    "keep to the window the carrier allows: 3.4 recommends at most 10",
)
DELIVER_UNANSWERED: Final = _rule(
    "deliver-unanswered",
    ERROR,
    "SMPP 3.4 §4.6",
    "T29",
    "a deliver_sm or data_sm of the carrier without an answer",
    "answer each with its response, receipts too: carriers send it again, then stop sending",
)
DELIVER_LATE: Final = _rule(
    "deliver-late",
    WARNING,
    "SMPP 3.4 §7.2",
    "T16",
    "a deliver_sm or data_sm answered late",
    "answer first, work on the message afterwards",
)
RECEIPT_REFUSED: Final = _rule(
    "receipt-refused",
    WARNING,
    "SMPP 3.4 §4.6.2",
    "T29",
    "a delivery receipt refused",
    "take receipts with command_status 0, also those of messages you no longer know",
)
DELIVER_RESP_BODY: Final = _rule(
    "deliver-resp-body",
    NOTE,
    "SMPP 3.4 §4.6.2",
    "T10",
    "a deliver_sm_resp whose message_id is not one NUL",
    "send message_id empty: 17 octets in all",
)
REFUSED: Final = _rule(
    "refused",
    NOTE,
    "SMPP 3.4 §5.1.3",
    "T11",
    "a request that the carrier refused",
    "look up the command_status in table 5-2",
)
SUBMITS_WHILE_THROTTLED: Final = _rule(
    "submits-while-throttled",
    WARNING,
    "SMPP 3.4 §5.1.3",
    "T47",
    "goes on submitting within a second of ESME_RTHROTTLED or ESME_RMSGQFUL",
    "pause for a second or more after either, then send the refused message again",
)
BURST: Final = _rule(
    "burst",
    NOTE,
    "SMPP 3.4 §2.9",
    "T47",
    "a burst of submissions",
    "spread messages over time to the rate the carrier allows",
)

# Fields of messages (SMPP 3.4 §5.2).
ESM_CLASS: Final = _rule(
    "esm-class",
    ERROR,
    "SMPP 3.4 §5.2.12",
    "T21",
    "reserved bits in esm_class",
    "use 0x00 or 0x03, plus 0x40 for a user data header, plus 0x80 for a reply path",
)
REGISTERED_DELIVERY: Final = _rule(
    "registered-delivery",
    ERROR,
    "SMPP 3.4 §5.2.17",
    "T22",
    "reserved bits in registered_delivery",
    "use 1 for every receipt, 2 for receipts of failures, 0x10 for intermediate notifications",
)
PRIORITY_FLAG: Final = _rule(
    "priority-flag",
    ERROR,
    "SMPP 3.4 §5.2.14",
    "T48",
    "a reserved priority_flag",
    "use 0 to 3",
)
REPLACE_FLAG: Final = _rule(
    "replace-flag",
    ERROR,
    "SMPP 3.4 §5.2.18",
    "T48",
    "a reserved replace_if_present_flag",
    "use 0 or 1",
)
DATA_CODING_RESERVED: Final = _rule(
    "data-coding-reserved",
    WARNING,
    "SMPP 3.4 §5.2.19",
    "T32",
    "a reserved data_coding",
    "use 0 (the carrier's alphabet), 1, 3, 4 or 8",
)
TON: Final = _rule(
    "ton",
    ERROR,
    "SMPP 3.4 §5.2.5",
    "T45",
    "a reserved type of number",
    "use 1 for international numbers, 5 for names, 0 where the carrier says so",
)
NPI: Final = _rule(
    "npi",
    ERROR,
    "SMPP 3.4 §5.2.6",
    "T45",
    "a reserved numbering plan",
    "use 1 for phone numbers, 0 for names",
)
TIME_MALFORMED: Final = _rule(
    "time-malformed",
    ERROR,
    "SMPP 3.4 §7.1.1",
    "T42",
    "a schedule_delivery_time or validity_period that is no time",
    "write YYMMDDhhmmsstnnp: sixteen characters that end with +, - or R, or leave it empty",
)
TIME_PAST: Final = _rule(
    "time-past",
    WARNING,
    "SMPP 3.4 §5.2.15, §5.2.16",
    "T42",
    "a schedule_delivery_time or validity_period that is past",
    "mind the zone: nn counts quarter hours from UTC",
)
DESTINATION_EMPTY: Final = _rule(
    "destination-empty",
    ERROR,
    "SMPP 3.4 §5.2.9",
    "T45",
    "no destination_addr",
    "name the phone",
)
ADDRESS_PUNCTUATION: Final = _rule(
    "address-punctuation",
    WARNING,
    "SMPP 3.4 §5.2.8, §5.2.9",
    "T45",
    "a number with a plus sign, spaces or punctuation",
    "write the digits alone with TON 1 and NPI 1",
)
INTERNATIONAL_PREFIX: Final = _rule(
    "international-prefix",
    WARNING,
    "SMPP 3.4 §5.2.5",
    "T45",
    "an international number that begins with 0",
    "begin with the country code: TON 1 already says that it is international",
)
NUMBER_TOO_LONG: Final = _rule(
    "number-too-long",
    WARNING,
    "SMPP 3.4 §5.2.9; E.164 §6.1",
    "T45",
    "a number of more than 15 digits",
    "E.164 ends with 15 digits",
)
ALPHANUMERIC_TOO_LONG: Final = _rule(
    "alphanumeric-too-long",
    ERROR,
    "SMPP 3.4 §5.2.8; TS 23.040 §9.1.2.5",
    "T45",
    "a name of more than 11 characters as the sender",
    "phones show at most 11",
)
ALPHANUMERIC_TON: Final = _rule(
    "alphanumeric-ton",
    WARNING,
    "SMPP 3.4 §5.2.5",
    "T45",
    "a name as the sender whose TON is not 5",
    "send names with TON 5 and NPI 0",
)
ALPHANUMERIC_DESTINATION: Final = _rule(
    "alphanumeric-destination",
    ERROR,
    "SMPP 3.4 §5.2.5, §5.2.9",
    "T45",
    "letters in a destination_addr",
    "texts go to numbers",
)
NUMBER_OF_DESTS: Final = _rule(
    "number-of-dests",
    ERROR,
    "SMPP 3.4 §5.2.24",
    "T44",
    "a submit_multi to nobody or to more than 254",
    "send to 1 to 254 destinations",
)

# Optional parameters (SMPP 3.4 §3.2.4, §5.3).
TLV_MALFORMED: Final = _rule(
    "tlv-malformed",
    ERROR,
    "SMPP 3.4 §3.2.4.1",
    "T43",
    "optional parameters that reach beyond the PDU",
    "write tag, length of the value alone, value: two, two and length octets",
)
TLV_LENGTH: Final = _rule(
    "tlv-length",
    ERROR,
    "SMPP 3.4 §5.3.2",
    "T43",
    "an optional parameter of a length it cannot have",
    "use the length that §5.3.2 gives; a C-Octet String counts its NUL",
)
TLV_RESERVED: Final = _rule(
    "tlv-reserved",
    NOTE,
    "SMPP 3.4 §5.3.2, table 5-7",
    "T43",
    "an optional parameter with a reserved tag",
    "carriers ignore it; their own ones have tags from 0x1400 to 0x3FFF",
)
TLV_REPEATED: Final = _rule(
    "tlv-repeated",
    WARNING,
    "SMPP 3.4 §3.2.4",
    "T43",
    "an optional parameter more than once",
    "send it once: which one counts is not specified",
)
TLV_MISPLACED: Final = _rule(
    "tlv-misplaced",
    WARNING,
    "SMPP 3.4 §3.3, §5.3.2",
    "T43",
    "an optional parameter that this PDU does not take",
    "carriers ignore it: leave it out",
)
BOTH_MESSAGES: Final = _rule(
    "both-messages",
    ERROR,
    "SMPP 3.4 §5.3.2.32",
    "T40",
    "short_message and message_payload in one PDU",
    "send sm_length 0 with message_payload",
)
NO_PAYLOAD: Final = _rule(
    "no-payload",
    ERROR,
    "SMPP 3.4 §4.7.1",
    "T40",
    "a data_sm without message_payload",
    "data_sm has no other place for the message",
)
SAR_INCOMPLETE: Final = _rule(
    "sar-incomplete",
    ERROR,
    "SMPP 3.4 §5.3.2.22 to §5.3.2.24",
    "T40",
    "sar_* parameters that are not all there, or impossible",
    "send sar_msg_ref_num, sar_total_segments and sar_segment_seqnum together, counted from 1",
)
SAR_AND_HEADER: Final = _rule(
    "sar-and-header",
    ERROR,
    "SMPP 3.4 §5.3.2.22",
    "T40",
    "sar_* or port parameters beside a user data header",
    "use one of the two",
)

# Content (SMPP 3.4 §5.2.19, §5.2.22; TS 23.038, TS 23.040).
UDHI_WITHOUT_HEADER: Final = _rule(
    "udhi-without-header",
    ERROR,
    "SMPP 3.4 §5.2.12; TS 23.040 §9.2.3.24",
    "T39",
    "esm_class announces a user data header that is not there or not whole",
    "begin the message with UDHL and as many octets of elements, or leave 0x40 out of esm_class",
)
HEADER_WITHOUT_UDHI: Final = _rule(
    "header-without-udhi",
    ERROR,
    "SMPP 3.4 §5.2.12; TS 23.040 §9.2.3.24",
    "T39",
    "what looks like a user data header, without 0x40 in esm_class",
    "set esm_class to 0x40: phones show the header as strange characters",
)
PARTS_MISSING: Final = _rule(
    "parts-missing",
    ERROR,
    "TS 23.040 §9.2.3.24.1; SMPP 3.4 §5.3.2.23",
    "T41",
    "parts of a long message that were never sent",
    "send every part from 1 to the total: phones show nothing until the last one comes",
)
PARTS_CONTRADICT: Final = _rule(
    "parts-contradict",
    ERROR,
    "TS 23.040 §9.2.3.24.1; SMPP 3.4 §5.3.2.22",
    "T41",
    "parts of one reference that contradict each other",
    "count references on for every long message; all its parts have one total and one data_coding",
)
TOO_LONG_FOR_ONE: Final = _rule(
    "too-long-for-one",
    WARNING,
    "SMPP 3.4 §5.2.21; TS 23.040 §9.2.3.16",
    "T36",
    "more in one short_message than a text carries",
    "140 octets with the header: 160 septets, 70 characters of UCS-2; cut it, or use "
    "message_payload",
)
ESCAPE_SPLIT: Final = _rule(
    "escape-split",
    ERROR,
    "TS 23.038 §6.2.1.1",
    "T34",
    "an escape at the end of a message or part",
    "an escape and its character take two septets and stay in one part",
)
SURROGATE_SPLIT: Final = _rule(
    "surrogate-split",
    ERROR,
    "SMPP 3.4 §5.2.19; TS 23.038 §6.2.3",
    "T37",
    "half a surrogate pair at the end of a message or part",
    "keep the two units of a character in one part",
)
UCS2_ODD: Final = _rule(
    "ucs2-odd",
    ERROR,
    "SMPP 3.4 §5.2.19; TS 23.038 §6.2.3",
    "T37",
    "data_coding 8 with an odd number of octets",
    "encode as UTF-16 big endian, cut parts between units",
)
UCS2_LITTLE_ENDIAN: Final = _rule(
    "ucs2-little-endian",
    ERROR,
    "SMPP 3.4 §5.2.19; TS 23.038 §6.2.3",
    "T37",
    "data_coding 8 with octets in the wrong order",
    "encode as UTF-16 big endian (UTF-16BE)",
)
UCS2_BYTE_ORDER_MARK: Final = _rule(
    "ucs2-byte-order-mark",
    WARNING,
    "SMPP 3.4 §5.2.19; TS 23.038 §6.2.3",
    "T37",
    "data_coding 8 with a byte order mark",
    "leave it out (encode as UTF-16BE, not UTF-16): some phones show it",
)
UCS2_OTHER_TEXT: Final = _rule(
    "ucs2-other-text",
    ERROR,
    "SMPP 3.4 §5.2.19",
    "T37",
    "data_coding 8 with octets that read as ASCII or UTF-8",
    "encode as UTF-16BE, or send data_coding 0 or 1",
)
DEFAULT_UTF8: Final = _rule(
    "default-utf8",
    ERROR,
    "SMPP 3.4 §5.2.19",
    "T32",
    "data_coding 0 with UTF-8",
    "encode in the GSM 7-bit alphabet, or as UTF-16BE with data_coding 8",
)
DEFAULT_LATIN1: Final = _rule(
    "default-latin1",
    WARNING,
    "SMPP 3.4 §5.2.19",
    "T32",
    "data_coding 0 with what looks like Latin-1",
    "encode in the GSM 7-bit alphabet, or say data_coding 3",
)
DEFAULT_HIGH_OCTETS: Final = _rule(
    "default-high-octets",
    WARNING,
    "SMPP 3.4 §5.2.19; TS 23.038 §6.2.1",
    "T35",
    "data_coding 0 with octets above 0x7F",
    "send septets unpacked, one in an octet, or binary data with data_coding 4",
)
DEFAULT_ASCII: Final = _rule(
    "default-ascii",
    WARNING,
    "SMPP 3.4 §5.2.19; TS 23.038 §6.2.1",
    "T33",
    "data_coding 0 with @ or _ as ASCII has them",
    "in the GSM 7-bit alphabet @ is 0x00 and _ is 0x11; or say data_coding 1",
)
ASCII_HIGH_OCTETS: Final = _rule(
    "ascii-high-octets",
    ERROR,
    "SMPP 3.4 §5.2.19",
    "T32",
    "data_coding 1 with octets above 0x7F",
    "ASCII ends at 0x7F: say data_coding 3 for Latin-1, 8 for all else",
)
