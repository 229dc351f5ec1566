"""Who is bound, how, on which link."""

from carrierbox.identifiers import LinkId
from carrierbox.smpp.values import BIND_RECEIVER, BIND_TRANSCEIVER, BIND_TRANSMITTER
from carrierbox.smsc.accounts import Account, AccountSettings
from carrierbox.smsc.bindings import Binding, Bindings

ACME = Account("acme", AccountSettings("acme", "x", window=2))
OTHER = Account("other", AccountSettings("other", "x", window=2))


def bound(
    bindings: Bindings, link: int, account: Account = ACME, command_id: int = BIND_TRANSCEIVER
) -> Binding:
    binding = Binding(LinkId(link), account, command_id)
    bindings.bind(binding)
    return binding


def test_a_bind_says_what_the_link_may_do() -> None:
    """SMPP 3.4 §2.2: transmitters send, receivers receive, transceivers do both."""
    bindings = Bindings()
    rights = [
        (binding.transmits, binding.receives)
        for binding in (
            bound(bindings, 1, command_id=BIND_TRANSMITTER),
            bound(bindings, 2, command_id=BIND_RECEIVER),
            bound(bindings, 3, command_id=BIND_TRANSCEIVER),
        )
    ]
    assert rights == [(True, False), (False, True), (True, True)]


def test_a_binding_is_found_by_its_link_until_it_is_unbound() -> None:
    """One link, one bind; the second unbind finds nothing."""
    bindings = Bindings()
    binding = bound(bindings, 5)
    assert bindings.of_link(LinkId(5)) is binding
    assert bindings.of_link(LinkId(6)) is None
    assert bindings.unbind(LinkId(6)) is None
    assert bindings.unbind(LinkId(5)) is binding
    assert bindings.of_link(LinkId(5)) is None
    assert bindings.unbind(LinkId(5)) is None
    assert bindings.count("acme") == 0


def test_links_are_counted_per_account_whatever_the_order_they_leave_in() -> None:
    """The limit on binds counts transmitters and receivers alike."""
    bindings = Bindings()
    for link, command_id in enumerate((BIND_TRANSMITTER, BIND_RECEIVER, BIND_TRANSCEIVER)):
        bound(bindings, link, command_id=command_id)
    bound(bindings, 9, OTHER)
    assert (bindings.count("acme"), bindings.count("other"), bindings.count("x")) == (3, 1, 0)
    counts = []
    for link in (1, 9, 0, 2):
        bindings.unbind(LinkId(link))
        counts.append((bindings.count("acme"), bindings.count("other")))
    assert counts == [(2, 1), (2, 0), (1, 0), (0, 0)]
    assert bindings.all() == []
    assert bindings.receiver_with_room("acme") is None


def test_all_bindings_are_listed_oldest_first() -> None:
    """As the page and the API show them."""
    bindings = Bindings()
    links = [4, 2, 7]
    for link in links:
        bound(bindings, link)
    assert [binding.link_id for binding in bindings.all()] == links


def test_the_receiver_with_the_fewest_unanswered_is_chosen() -> None:
    """T29: any receiver of the account, the least busy of them."""
    bindings = Bindings()
    first, second = bound(bindings, 1), bound(bindings, 2, command_id=BIND_RECEIVER)
    chosen = []
    for _ in range(4):
        binding = bindings.receiver_with_room("acme")
        assert binding is not None
        binding.outstanding += 1
        chosen.append(binding.link_id)
    assert chosen == [1, 2, 1, 2]
    assert bindings.receiver_with_room("acme") is None
    second.outstanding -= 1
    assert bindings.receiver_with_room("acme") is second
    assert first.outstanding == 2


def test_a_window_is_never_overfilled() -> None:
    """SMPP 3.4 §2.9: at most `window` deliver_sm without an answer."""
    bindings = Bindings()
    binding = bound(bindings, 1)
    binding.outstanding = binding.window
    assert bindings.receiver_with_room("acme") is None
    binding.outstanding = binding.window - 1
    assert bindings.receiver_with_room("acme") is binding


def test_transmitters_and_other_accounts_receive_nothing() -> None:
    """T29: a transmitter alone leaves its receipts held."""
    bindings = Bindings()
    bound(bindings, 1, command_id=BIND_TRANSMITTER)
    bound(bindings, 2, OTHER)
    assert bindings.receiver_with_room("acme") is None
    bindings.unbind(LinkId(1))
    assert bindings.receiver_with_room("acme") is None


def test_a_link_that_is_about_to_end_is_not_chosen_and_still_leaves_once() -> None:
    """T15: while an unbind is answered nothing more is sent on a link."""
    bindings = Bindings()
    account = Account("acme", AccountSettings("acme", ""))
    ending = Binding(LinkId(1), account, BIND_TRANSCEIVER)
    bindings.bind(ending)
    bindings.stop_receiving(LinkId(1))
    bindings.stop_receiving(LinkId(1))
    bindings.stop_receiving(LinkId(9))
    assert bindings.receiver_with_room("acme") is None
    assert bindings.count("acme") == 1
    assert bindings.unbind(LinkId(1)) is ending
    assert bindings.count("acme") == 0


def test_a_receiver_that_left_is_not_chosen() -> None:
    """The rest of the account's receivers go on."""
    bindings = Bindings()
    bound(bindings, 1)
    stays = bound(bindings, 2)
    stays.outstanding = 1
    bindings.unbind(LinkId(1))
    assert bindings.receiver_with_room("acme") is stays
