"""The limits of an account: how many messages in a second, how many waiting for one phone."""

from carrierbox.clock import LinkTime
from carrierbox.codecs.data_coding import alphabet_of, to_user_data
from carrierbox.codecs.segmentation import fits_one_segment, segment_capacity
from carrierbox.codecs.user_data_header import find_concatenation
from carrierbox.identifiers import msisdn_or_none
from carrierbox.smpp.pdus import SubmitSm
from carrierbox.smpp.values import ESME_RMSGQFUL, ESME_ROK, ESME_RTHROTTLED
from carrierbox.smsc.accounts import Account
from carrierbox.smsc.admission import Candidate, read_user_data
from carrierbox.smsc.attempts import Attempts


def over_a_limit(account: Account, submit: SubmitSm, attempts: Attempts, now: LinkTime) -> int:
    """ESME_RTHROTTLED or ESME_RMSGQFUL for an account that has limits, else ESME_ROK."""
    settings = account.settings
    if settings.rate_per_s and not account.may_submit(cost_of(submit, settings.rate_by_part), now):
        return ESME_RTHROTTLED
    return queue_refusal(account, submit, attempts)


def queue_refusal(account: Account, submit: SubmitSm, attempts: Attempts) -> int:
    """ESME_RMSGQFUL if as many messages wait for the phone as the account may have there."""
    if account.settings.queue_max:
        msisdn = msisdn_or_none(submit.destination_addr)
        if msisdn and attempts.waiting_for(msisdn) >= account.settings.queue_max:
            return ESME_RMSGQFUL
    return ESME_ROK


def cost_of(submit: SubmitSm, by_part: bool) -> int:
    """What a submit_sm counts for a rate (T47).

    By message, the second and later parts of a text that the client cut count nothing, so that no
    text is refused in the middle. By part, a text that the centre will cut counts all its parts.
    """
    candidate = Candidate(ESME_ROK)
    if read_user_data(submit, candidate) != ESME_ROK:
        return 1
    if by_part:
        tp_dcs, user_data = to_user_data(candidate.user_data, submit.data_coding)
        alphabet = alphabet_of(tp_dcs)
        header_octets = len(candidate.user_data_header)
        if fits_one_segment(len(user_data), alphabet, header_octets):
            return 1
        # The centre's own concatenation header takes six octets.
        return -(-len(user_data) // segment_capacity(alphabet, 6))
    concatenation = find_concatenation(candidate.user_data_header)
    return 0 if concatenation is not None and concatenation.number > 1 else 1
