"""Texts in the world's scripts, from phone to phone and from client to phone and back."""

import itertools

import pytest

from carrierbox.codecs.data_coding import alphabet_of
from carrierbox.codecs.default_coding import (
    DEFAULT_ASCII,
    DEFAULT_GSM_PACKED,
    DEFAULT_GSM_UNPACKED,
    DEFAULT_LATIN1,
    decode_text_by_default,
    encode_text_by_default,
)
from carrierbox.codecs.national_language import ALL_LANGUAGES
from carrierbox.codecs.segmentation import split_user_data
from carrierbox.codecs.user_data_header import split_user_data_header
from carrierbox.identifiers import NPI_ISDN, TON_INTERNATIONAL, TON_UNKNOWN, Address
from carrierbox.smpp.pdus import DeliverSm, Pdu, SubmitSm
from carrierbox.smpp.tlv import (
    TAG_MESSAGE_PAYLOAD,
    TAG_SAR_MSG_REF_NUM,
    TAG_SAR_SEGMENT_SEQNUM,
    TAG_SAR_TOTAL_SEGMENTS,
    Tlv,
    tlv_octets,
)
from carrierbox.smpp.values import ESM_CLASS_UDHI, ESME_ROK
from carrierbox.smpp.wire import decode_pdu, encode_pdu
from carrierbox.smsc.accounts import AccountSettings
from carrierbox.smsc.text_coding import CarrierCodings
from carrierbox.testing.direct import DirectCarrier
from carrierbox.testing.stores import FakeStore

ALICE, BOB = "33612345678", "905321234567"
SHORT_CODE = "38100"

TEXTS = {
    "Latin": "Good morning, is the train on time? 25 € at [gate] 7",
    "Latin with accents": "Où êtes-vous ? Le goûter est prêt, à bientôt à Besançon",
    "Vietnamese": "Xin chào, chúng tôi đợi bạn ở nhà ga lúc bảy giờ",
    "Turkish": "Günaydın, İstanbul'a giden otobüs saat şimdi beşte",
    "Greek": "Καλημέρα, το λεωφορείο έρχεται στις οκτώ",
    "Greek in capitals": "ΓΩΔΘΛΞΠΣΦΨ 123",
    "Cyrillic": "Доброе утро, поезд придёт в семь часов",
    "Armenian": "Բարի լույս, գնացքը գալիս է ժամը յոթին",
    "Georgian": "დილა მშვიდობისა, მატარებელი შვიდზე მოვა",
    "Hebrew": "בוקר טוב, הרכבת תגיע בשעה שבע",
    "Arabic": "صباح الخير، يصل القطار في الساعة السابعة",
    "Persian": "صبح بخیر، قطار ساعت هفت می‌رسد",
    "Urdu": "صبح بخیر، ٹرین سات بجے آئے گی",
    "Devanagari": "सुप्रभात, ट्रेन सात बजे आएगी, क्षमा करें",
    "Bengali": "সুপ্রভাত, ট্রেন সাতটায় আসবে, ক্ষমা করবেন",
    "Punjabi": "ਸ਼ੁਭ ਸਵੇਰ, ਰੇਲ ਗੱਡੀ ਸੱਤ ਵਜੇ ਆਵੇਗੀ",
    "Gujarati": "સુપ્રભાત, ટ્રેન સાત વાગ્યે આવશે",
    "Oriya": "ସୁପ୍ରଭାତ, ଟ୍ରେନ ସାତଟାରେ ଆସିବ",
    "Tamil": "காலை வணக்கம், ரயில் ஏழு மணிக்கு வரும்",
    "Telugu": "శుభోదయం, రైలు ఏడు గంటలకు వస్తుంది",
    "Kannada": "ಶುಭೋದಯ, ರೈಲು ಏಳು ಗಂಟೆಗೆ ಬರುತ್ತದೆ",
    "Malayalam": "സുപ്രഭാതം, ട്രെയിൻ ഏഴു മണിക്ക് എത്തും",
    "Sinhala": "සුභ උදෑසනක්, දුම්රිය හතට පැමිණේ",
    "Thai": "สวัสดีตอนเช้า รถไฟจะมาถึงเจ็ดโมง",
    "Lao": "ສະບາຍດີຕອນເຊົ້າ ລົດໄຟຈະມາເຈັດໂມງ",
    "Burmese": "မင်္ဂလာပါ၊ ရထားခုနစ်နာရီရောက်မယ်",
    "Khmer": "អរុណសួស្ដី រថភ្លើងមកដល់ម៉ោងប្រាំពីរ",
    "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས། མེ་འཁོར་ཆུ་ཚོད་བདུན་པར་འབྱོར།",
    "Amharic": "እንደምን አደሩ፣ ባቡሩ በሰባት ሰዓት ይደርሳል",
    "Mongolian": "ᠰᠠᠢᠨ ᠪᠠᠢᠨ᠎ᠠ ᠤᠤ",
    "Chinese": "早上好，火车七点到，请在站台等我。",
    "Japanese": "おはようございます、電車は七時に着きます。ガ゙",
    "Korean": "좋은 아침입니다, 기차는 일곱 시에 도착해요",
    "Hangul in letters": "\u1112\u1161\u11ab\u1100\u116e\u11a8 \u1112\u1161\u11ab",
    "Cherokee": "ᎣᏏᏲ, ᏙᎯᏧ",
    "Gothic": "𐌲𐍉𐌸𐍃 𐌳𐌰𐌲𐍃",
    "emoji": "👨‍👩‍👧‍👦 🇫🇷🇩🇪 👍🏽 ❤️‍🔥 1️⃣ é",
}
each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
each_length = pytest.mark.parametrize("times", [1, 9], ids=["short", "long"])


def over_the_wire(pdu: Pdu) -> Pdu:
    """The same PDU after it was octets."""
    return decode_pdu(encode_pdu(pdu))


def send_from_phone(
    carrier: DirectCarrier, msisdn: str, to: str, text: str, languages: tuple[int, ...] = ()
) -> int:
    """Let a phone send a text; in how many parts it left."""
    is_short = len(to) < 8
    destination = Address(TON_UNKNOWN if is_short else TON_INTERNATIONAL, NPI_ISDN, to)
    parts = carrier.box.network.mobile_originated(msisdn, destination, text, languages=languages)
    told: list[str] = []
    carrier.run()
    for part in parts:
        carrier.box.centre.submit_from_phone(part, told.append)
    carrier.run()
    assert told == [""] * len(parts)
    return len(parts)


def text_of(pdus: list[DeliverSm], default_coding: int) -> str:
    """What a client reads of the parts of one text, in their order."""
    texts: list[str] = []
    for pdu in pdus:
        octets = pdu.short_message or tlv_octets(pdu.tlvs, TAG_MESSAGE_PAYLOAD) or b""
        header = b""
        if pdu.esm_class & ESM_CLASS_UDHI:
            header, octets = split_user_data_header(octets)
        texts.append(decode_text_by_default(octets, pdu.data_coding, default_coding, header))
    return "".join(texts)


@each_length
@each_text
@pytest.mark.parametrize("languages", [(), ALL_LANGUAGES], ids=["plain", "national"])
def test_a_text_looks_the_same_on_the_other_phone(
    text: str, times: int, languages: tuple[int, ...]
) -> None:
    """TS 23.038, TS 23.040 §9.2.3.24: every script, in one part and in several."""
    text = " ".join([text] * times)
    carrier = DirectCarrier()
    count = send_from_phone(carrier, ALICE, BOB, text, languages)
    assert carrier.shown(BOB) == [text]
    plain = DirectCarrier()
    assert count <= send_from_phone(plain, ALICE, BOB, text)


@each_length
@each_text
@pytest.mark.parametrize(
    "default_coding", [DEFAULT_GSM_UNPACKED, DEFAULT_GSM_PACKED, DEFAULT_LATIN1, DEFAULT_ASCII]
)
def test_a_text_returns_from_client_to_phone_to_client(
    text: str, times: int, default_coding: int
) -> None:
    """SMPP 3.4 §5.2.19, T32, T35: whatever account and carrier agreed on for data_coding 0."""
    text = " ".join([text] * times)
    account = AccountSettings("demo", "demo", data_coding_0=default_coding, languages=(1, 2, 3))
    carrier = DirectCarrier(accounts=[account])
    link = carrier.bind()
    data_coding, octets = encode_text_by_default(text, default_coding)
    submit = SubmitSm(destination_addr=BOB, data_coding=data_coding, source_addr="ACME")
    if len(octets) > 254:
        submit.tlvs = [Tlv(TAG_MESSAGE_PAYLOAD, octets)]
    else:
        submit.short_message = octets
    answer = carrier.submit(link, over_the_wire(submit))  # type: ignore[arg-type]
    assert answer is not None
    assert answer.command_status == ESME_ROK
    assert carrier.shown(BOB) == [text]
    parts = send_from_phone(carrier, BOB, SHORT_CODE, text, ALL_LANGUAGES)
    delivered = [over_the_wire(one.pdu) for one in carrier.deliveries()]
    assert len(delivered) == parts
    assert text_of(delivered, default_coding) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("default_coding", [DEFAULT_GSM_PACKED, DEFAULT_LATIN1, DEFAULT_ASCII])
def test_parts_that_the_client_cut_arrive_as_one_text(default_coding: int) -> None:
    """T35, T41: a header in short_message, the fill bits behind it, the parts in any order."""
    text = "Parcel 4711 waits @ the depot: 08-20 h. " * 6
    carrier = DirectCarrier(carrier_codings=CarrierCodings(by_country={"TR": default_coding}))
    link = carrier.bind()
    septets = split_user_data(text.encode("ascii").replace(b"@", b"\0"), alphabet_of(0), 77)
    for segment in reversed(septets):
        plain = decode_text_by_default(segment.user_data, 0, DEFAULT_GSM_UNPACKED)
        header = segment.user_data_header
        data_coding, octets = encode_text_by_default(plain, default_coding, len(header))
        submit = SubmitSm(
            destination_addr=BOB,
            data_coding=data_coding,
            esm_class=ESM_CLASS_UDHI,
            short_message=header + octets,
        )
        answer = carrier.submit(link, submit)
        assert answer is not None
        assert answer.command_status == ESME_ROK
    assert carrier.shown(BOB) == [text]


def test_packed_parts_that_sar_tlvs_announce_have_no_fill_bits() -> None:
    """T35, T40: no header stands before the septets, though the phone gets one."""
    account = AccountSettings("demo", "demo", data_coding_0=DEFAULT_GSM_PACKED)
    carrier = DirectCarrier(accounts=[account])
    link = carrier.bind()
    for number, piece in enumerate(("Parcel 4711 ", "waits @ 8"), 1):
        submit = SubmitSm(
            destination_addr=BOB,
            short_message=encode_text_by_default(piece, DEFAULT_GSM_PACKED)[1],
            registered_delivery=1,
            tlvs=[
                Tlv(TAG_SAR_MSG_REF_NUM, b"\0\7"),
                Tlv(TAG_SAR_TOTAL_SEGMENTS, b"\2"),
                Tlv(TAG_SAR_SEGMENT_SEQNUM, bytes([number])),
            ],
        )
        assert carrier.submit(link, submit) is not None
    assert carrier.shown(BOB) == ["Parcel 4711 waits @ 8"]
    receipts = [
        decode_text_by_default(one.pdu.short_message, 0, DEFAULT_GSM_PACKED)
        for one in carrier.deliveries()
        if isinstance(one.pdu, DeliverSm)
    ]
    assert [text.partition("text:")[2] for text in receipts] == ["Parcel 4711 ", "waits ? 8"]


def test_what_was_agreed_and_chosen_survives_a_restart_with_other_settings() -> None:
    """Design §2: every attempt sends the same parts, also after a restart."""
    store = FakeStore()
    text = "ação não será " * 9
    account = AccountSettings("demo", "demo", data_coding_0=DEFAULT_LATIN1, languages=(3,))
    carrier = DirectCarrier(store, accounts=[account])
    carrier.set_power(BOB, False)
    link = carrier.bind()
    submit = SubmitSm(destination_addr=BOB, short_message=text.encode("latin-1"))
    assert carrier.submit(link, submit) is not None
    carrier.advance(60.0)
    after = DirectCarrier(store)
    assert after.shown(BOB) == []
    after.set_power(BOB, True)
    after.advance(3600.0)
    assert after.shown(BOB) == [text]
    (shown,) = after.phone(BOB).inbox
    assert shown.user_data_header == bytes.fromhex("03250103")


def test_a_receipt_is_packed_for_an_account_that_packs() -> None:
    """T32: the text of a receipt goes in the account's own alphabet."""
    account = AccountSettings("demo", "demo", data_coding_0=DEFAULT_GSM_PACKED)
    carrier = DirectCarrier(accounts=[account])
    link = carrier.bind()
    _, octets = encode_text_by_default("hello @ 7", DEFAULT_GSM_PACKED)
    submit = SubmitSm(destination_addr=BOB, short_message=octets, registered_delivery=1)
    assert carrier.submit(link, submit) is not None
    (receipt,) = carrier.deliveries()
    assert isinstance(receipt.pdu, DeliverSm)
    text = decode_text_by_default(receipt.pdu.short_message, 0, DEFAULT_GSM_PACKED)
    assert text.startswith("id:0000000001 sub:001 dlvrd:001")
    assert text.endswith("text:hello ? 7")


@pytest.mark.parametrize("written", range(4))
@pytest.mark.parametrize("agreed", range(4))
def test_a_text_from_account_to_account_is_written_anew(written: int, agreed: int) -> None:
    """T32: each has its own data_coding 0."""
    accounts = [
        AccountSettings("from", "demo", data_coding_0=written),
        AccountSettings("to", "demo", data_coding_0=agreed, address_range=SHORT_CODE),
    ]
    carrier = DirectCarrier(accounts=accounts)
    link = carrier.bind("from")
    carrier.bind("to")
    text = "Café @ 7, 1_000 $"
    data_coding, octets = encode_text_by_default(text, written)
    submit = SubmitSm(
        destination_addr=SHORT_CODE, data_coding=data_coding, short_message=octets, source_addr="A"
    )
    answer = carrier.submit(link, submit)
    assert answer is not None
    assert answer.command_status == ESME_ROK
    (delivered,) = carrier.deliveries()
    assert text_of([over_the_wire(delivered.pdu)], agreed) == text  # type: ignore[list-item]


def test_twenty_scripts_and_more_are_among_the_texts() -> None:
    """Each text has letters that no other one has."""
    letters = {name: {each for each in text if each.isalpha()} for name, text in TEXTS.items()}
    scripts = 0
    for name, own in letters.items():
        others = set(itertools.chain(*[each for other, each in letters.items() if other != name]))
        scripts += bool(own - others)
    assert scripts >= 20
