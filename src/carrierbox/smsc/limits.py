"""The limits of an account: how many messages in a second, how many waiting for one phone."""

from carrierbox.clock import LinkTime
from carrierbox.codecs.data_coding import alphabet_of
from carrierbox.codecs.segmentation import part_count
from carrierbox.codecs.user_data_header import find_concatenation
from carrierbox.errors import CodecError
from carrierbox.identifiers import msisdn_or_none
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import ESME_RMSGQFUL, ESME_ROK, ESME_RTHROTTLED
from carrierbox.smsc.accounts import Account
from carrierbox.smsc.admission import Candidate, read_user_data
from carrierbox.smsc.attempts import Attempts
from carrierbox.smsc.text_coding import (
    NO_LANGUAGES,
    PLAIN_CODING,
    TextCoding,
    header_octets_of,
    phone_form,
)


def over_a_limit(
    account: Account,
    submit: SubmitSm,
    attempts: Attempts,
    now: LinkTime,
    coding: TextCoding = PLAIN_CODING,
) -> int:
    """ESME_RTHROTTLED or ESME_RMSGQFUL for an account that has limits, else ESME_ROK."""
    settings = account.settings
    if settings.rate_per_s:
        cost = cost_of(submit, settings.rate_by_part, coding, settings.languages)
        if not account.may_submit(cost, now):
            return ESME_RTHROTTLED
    return queue_refusal(account, submit, attempts)


def queue_refusal(account: Account, submit: SubmitSm, attempts: Attempts) -> int:
    """ESME_RMSGQFUL if as many messages wait for the phone as the account may have there."""
    if account.settings.queue_max:
        msisdn = msisdn_or_none(submit.destination_addr)
        if msisdn and attempts.waiting_for(msisdn) >= account.settings.queue_max:
            return ESME_RMSGQFUL
    return ESME_ROK


def cost_of(
    submit: SubmitSm,
    by_part: bool,
    coding: TextCoding = PLAIN_CODING,
    languages: tuple[int, ...] = NO_LANGUAGES,
) -> int:
    """What a submit_sm counts for a rate (T47).

    By message, the second and later parts of a text that the client cut count nothing, so that no
    text is refused in the middle. By part, a text that the centre will cut counts all its parts.
    """
    candidate = Candidate(ESME_ROK)
    if read_user_data(submit, candidate) != ESME_ROK:
        return 1
    if by_part:
        try:
            form = phone_form(
                submit.data_coding,
                candidate.user_data_header,
                candidate.user_data,
                coding,
                languages,
                header_octets=header_octets_of(submit, candidate.user_data_header),
            )
        except CodecError:
            return 1
        alphabet = alphabet_of(form.data_coding)
        return max(part_count(form.user_data, alphabet, header_octets=len(form.header)), 1)
    concatenation = find_concatenation(candidate.user_data_header)
    return 0 if concatenation is not None and concatenation.number > 1 else 1
