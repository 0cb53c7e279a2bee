"""The Docker lab on real containers: faults take hold and are proven, what is made is labelled and goes again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import docker
import pytest

from lab.contract import Area, Cut, Family, How, MailKind, Mode, Port, Rank, Unit
from lab.docker import names, reaper
from lab.docker.driver import DockerLab, open_lab
from lab.docker.images import tags
from lab.docker.rack import Badge, Rack, remove_lab, unit_part
from lab.docker.subnets import Plan
from lab.errors import FaultNotProven
from lab.registry import Options
from lab.standard_pair import configure
from lab.timeline import Kind
from lab.under_test import UnderTest

pytestmark = pytest.mark.docker

SETTLE = 30.0


@pytest.fixture(scope="module")
def lab(client: docker.DockerClient) -> Iterator[DockerLab]:
    """Build one lab for all tests of this module."""
    del client
    opened = open_lab(Options(run="tests"))
    assert isinstance(opened, DockerLab)
    yield opened
    opened.close()


@pytest.fixture
def pair(lab: DockerLab) -> DockerLab:
    """Return the lab with a healthy pair on it."""
    lab.begin("a test")
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        configure(unit, peer, lab.mail.virtual_address)
    lab.clock.wait_for(
        lambda: (lab.primary.effective_mode(), lab.secondary.effective_mode()) == (Mode.PRIMARY, Mode.SECONDARY),
        SETTLE,
        "the pair is healthy",
    )
    lab.clock.wait_for(lambda: lab.heard("P") and lab.heard("S"), SETTLE, "both hear each other")
    return lab


def test_reset_leaves_factory_units(pair: DockerLab) -> None:
    """After `begin` both units are off, hold their own addresses only, and the timeline starts anew."""
    pair.begin("another test")
    for unit in (pair.primary, pair.secondary):
        assert unit.configured_mode() == "off"
        assert unit.addresses("port3") == {unit.own_address("port3"), unit.own_address6("port3")}
    assert not pair.timeline.of(Kind.HEARTBEAT)
    assert not pair.timeline.of(Kind.MAIL)


def test_units_see_each_others_own_address(pair: DockerLab) -> None:
    """Toxiproxy stands in every heartbeat connection, and each unit still sees its peer's own address."""
    inspector = pair.testbed.units["S"].inspector
    peer = pair.primary.own_address("port6").partition("/")[0]
    listed = inspector.host.run("ss -Htn state established '( sport = :20000 )'").stdout
    through = pair.testbed.rack.plan.address("toxiproxy", "port6")
    counters = pair.testbed.rack.chassis("P").ask("counters", table="switchover")["packets"]
    # The kernel keeps the address that came over the wire; only what the program is told is rewritten.
    assert peer in listed or through in listed
    assert int(counters["redirected"]) > 0
    assert int(counters["direct"]) == 0


def test_black_hole_stops_one_link_only(pair: DockerLab) -> None:
    """A black hole on one link is proven, silences that link, and leaves the other alone."""
    proof = pair.links[Rank.PRIMARY].cut(Cut())
    assert "did not hear" in proof.statement
    at = pair.clock.now()
    pair.clock.wait_for(
        lambda: len(pair.timeline.of(Kind.HEARTBEAT, "S", since=at)) > 2, SETTLE, "heartbeats on the other link"
    )
    assert {beat.detail["rank"] for beat in pair.timeline.of(Kind.HEARTBEAT, since=at)} == {"secondary"}
    assert pair.links[Rank.PRIMARY].is_cut()
    pair.links[Rank.PRIMARY].heal()
    assert not pair.links[Rank.PRIMARY].is_cut()


@pytest.mark.parametrize("cut", [Cut(How.REFUSAL), Cut(deaf=frozenset({"S"})), Cut(deaf=frozenset({"P"}))])
def test_each_shape_of_cut_is_proven(pair: DockerLab, cut: Cut) -> None:
    """Refusal and one-way cuts show in probes of both directions, and so does their end."""
    link = pair.links[Rank.SECONDARY]
    link.cut(cut)
    assert "was answered" in link.heal().statement


def test_slow_link_is_proven_by_what_comes_late(pair: DockerLab) -> None:
    """Delay, jitter and thin bandwidth show in the time that a probe takes, may change, and end with the heal."""
    link = pair.links[Rank.SECONDARY]
    link.delay(0.2)
    link.delay(0.1 + 0.2, 0.1)
    link.throttle(1000)
    impaired = pair.testbed.faults.impaired()
    assert {way.rank for way in impaired} == {Rank.SECONDARY}
    assert set(map(str, impaired.values())) == {"0.3 s late, give or take 0.1 s, 1 kB/s"}
    assert "nothing arrived" in link.delay(3.0).statement
    healed = link.heal().statement
    assert float(healed.rpartition("was answered in ")[2].removesuffix(" s")) < 3.0


def test_one_port_is_cut_alone(pair: DockerLab) -> None:
    """A cut of the heartbeat port leaves the proxies of the other ports well."""
    link = pair.links[Rank.PRIMARY]
    link.cut(Cut(ports=frozenset({Port.HEARTBEAT})))
    impaired = {way.name for way in pair.testbed.faults.impaired()}
    link.heal()
    assert impaired == {"primary-P-20000", "primary-S-20000"}


def test_fault_without_its_proof_is_not_reported(pair: DockerLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut that never reached Toxiproxy is not claimed to be in force."""
    link = pair.testbed.links[Rank.PRIMARY]
    with monkeypatch.context() as broken:
        broken.setattr(pair.testbed.proxies, "impair", lambda _wanted: None)
        with pytest.raises(FaultNotProven):
            link.cut(Cut())
    link.heal()


def send_past(pair: DockerLab, sender: str) -> None:
    """Let a unit's machine send its peer a datagram over the primary link, which Toxiproxy does not carry."""
    rack = pair.testbed.rack
    to = (rack.plan.address(names.other(sender), "port6"), 694)
    program = f"import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'hello', {to})"
    assert rack.chassis(sender).ask("run", command=f'python3 -c "{program}"')["code"] == 0


def test_a_datagram_past_the_lab_leaves_a_delay_unproven_and_a_black_hole_proven(pair: DockerLab) -> None:
    """The reference unit sends none; one that has come cannot be delayed, but it can be swallowed."""
    link, traffic = pair.testbed.links[Rank.PRIMARY], pair.testbed.traffic
    assert not traffic.counted().past
    send_past(pair, "P")
    came = {(Rank.PRIMARY, "S", 17, 694): 1}
    pair.clock.wait_for(lambda: traffic.counted().past == came, SETTLE, "the datagram has come")
    for slow_or_heal in (lambda: link.delay(0.1), link.heal):
        with pytest.raises(FaultNotProven, match=r"packets past Toxiproxy .*\(1 by UDP port 694\)"):
            slow_or_heal()
    link.cut(Cut(deaf=frozenset({"S"})))
    send_past(pair, "P")
    send_past(pair, "S")
    came |= {(Rank.PRIMARY, "P", 17, 694): 1}
    pair.clock.wait_for(lambda: traffic.counted().past == came, SETTLE, "the datagram to P has come")
    pair.clock.hold(lambda: traffic.counted().past == came, 0.2, "none has come to S")
    link.heal()
    send_past(pair, "P")
    came[Rank.PRIMARY, "S", 17, 694] = 2
    pair.clock.wait_for(lambda: traffic.counted().past == came, SETTLE, "the next datagram to S has come")


def test_links_of_units_that_may_not_speak_tcp_are_probed_by_datagrams(
    pair: DockerLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the probes over TCP: swallowed one way, heard the other way, and heard both ways in the end."""
    link = pair.testbed.links[Rank.PRIMARY]
    monkeypatch.setattr(pair.testbed.faults, "_is_tcp_alone", False)
    cut = link.cut(Cut(deaf=frozenset({"S"}))).statement
    healed = link.heal().statement
    assert "S did not hear a datagram from P over IPv4; P heard a datagram from S over IPv4" in cut
    assert "S heard a datagram from P over IPv4; P heard a datagram from S over IPv4" in healed
    assert not pair.testbed.traffic.counted().past


def test_ipv6_is_led_through_toxiproxy_while_it_is_in_use(pair: DockerLab) -> None:
    """A peer's IPv6 address brings proxies of its own; a cut is proven over both families, and a reset ends it."""
    peer = pair.secondary.own_address6("port6").partition("/")[0]
    pair.primary.expect_family(Family.IPV6)
    pair.primary.cli("config system ha", "config interface", "edit port6", f"set peer-ip6 {peer}", "end", "end")
    link = pair.testbed.links[Rank.PRIMARY]
    proof = link.cut(Cut())
    assert "from S over IPv6: P did not hear it" in proof.statement
    assert {"primary-P-20000", "primary-P-20000-IPv6"} <= {way.name for way in pair.testbed.faults.impaired()}
    link.heal()
    pair.begin("a scenario over IPv4")
    assert "over IPv6" not in link.cut(Cut()).statement
    link.heal()
    led = pair.testbed.rack.chassis("P").ask("run", command="nft list map inet switchover dials6")["out"]
    assert "fd53" not in led


def test_a_cut_is_in_force_on_ports_that_come_later(pair: DockerLab) -> None:
    """A unit that is given another base port while its link is cut does not get past the cut."""
    link = pair.testbed.links[Rank.PRIMARY]
    link.cut(Cut())
    pair.secondary.expect_base_port(21000)
    impaired = {way.name for way in pair.testbed.faults.impaired()}
    assert {f"primary-{unit}-{base + use}" for unit in "PS" for base in (20000, 21000) for use in range(4)} <= impaired
    assert not any(name.startswith("secondary-") for name in impaired)
    link.heal()
    assert not pair.testbed.faults.impaired()


def test_a_pulled_cable_stays_out_over_a_loss_of_power(pair: DockerLab) -> None:
    """Power is no cable: only whoever plugs it in, or the end of the scenario, does."""
    unit, agent = pair.testbed.units["S"], pair.testbed.rack.chassis("S")
    unit.pull_cable("port5")
    unit.power_off()
    unit.power_on()
    assert "state DOWN" in agent.ask("run", command="ip link show port5")["out"]
    assert agent.ask("pulled")["ports"] == ["port5"]
    pair.finish()
    assert agent.ask("pulled")["ports"] == []
    assert "state DOWN" not in agent.ask("run", command="ip link show port5")["out"]


def test_power_loss_is_silence_and_storage_survives(pair: DockerLab) -> None:
    """Without power a unit answers nobody and holds nothing; with it, it is the same unit again."""
    proof = pair.primary.power_off()
    assert proof.figures["dead"] >= proof.figures["dark"]
    assert pair.primary.effective_mode() is Mode.UNREACHABLE
    assert pair.primary.addresses("port3") == frozenset()
    assert not pair.primary.is_powered()
    assert pair.primary.log()
    pair.primary.power_on()
    assert pair.primary.configured_mode() == "primary"


def test_another_release_keeps_the_unit_and_the_reset_takes_it_back(pair: DockerLab) -> None:
    """The container is replaced on the same volume and addresses; the next scenario begins with the first release."""
    old, new = pair.releases
    assert pair.secondary.install(new).accepted
    pair.clock.wait_for(lambda: pair.secondary.effective_mode() is Mode.SECONDARY, SETTLE, "the secondary is back")
    assert pair.secondary.release() == new
    assert pair.primary.effective_mode() is Mode.PRIMARY
    pair.begin("another test")
    assert (pair.primary.release(), pair.secondary.release()) == (old, old)


def test_what_is_sent_at_the_first_banner_of_a_takeover_is_stored_at_once(pair: DockerLab) -> None:
    """A unit that gives its banner can store what it accepts: a message for the quarantine is not put off."""
    for unit in (pair.primary, pair.secondary):
        assert unit.cli("config system ha", "set hb-lost-threshold 2", "end").accepted
    address = pair.mail.virtual_address.partition("/")[0]
    off = pair.clock.now()
    pair.primary.power_off()
    pair.clock.wait_for(
        lambda: any(probe.detail["answer"] == "S" for probe in pair.timeline.of(Kind.PROBE, address, since=off)),
        SETTLE,
        "the secondary gives its banner",
    )
    message = pair.mail.send(MailKind.SPAM)
    assert message.outcome == "accepted"
    pair.clock.wait_for(lambda: message.id in pair.secondary.stored(Area.QUARANTINE), SETTLE, "the message is stored")
    log = pair.testbed.units["S"].inspector.host.file("/data/log/mail.log").content_string
    assert "status=sent" in log
    assert "status=deferred" not in log


def test_a_secondary_has_what_stores_mail_ready_and_takes_none(pair: DockerLab) -> None:
    """LMTP waits behind a Unix socket on both units; SMTP, POP3 and IMAP are open on the primary alone."""
    mail = {25, 110, 143}
    pair.clock.wait_for(lambda: mail <= _ports(pair.primary), SETTLE, "the primary answers mail clients")
    assert not mail & _ports(pair.secondary)
    for unit in pair.testbed.units.values():
        assert "/run/dovecot/lmtp/lmtp" in unit.inspector.host.run("ss -Hxl").stdout


@pytest.mark.parametrize(("port", "greeting"), [(143, "* OK"), (110, "+OK")])
def test_dovecot_greets_who_asks_for_a_mailbox(pair: DockerLab, port: int, greeting: str) -> None:
    """The first client makes it start, and finds it as each later one does."""
    address = pair.mail.virtual_address.partition("/")[0]
    ask = f"import socket; print(socket.create_connection(('{address}', {port}), 5).recv(512).decode())"
    pair.clock.wait_for(lambda: port in _ports(pair.primary), SETTLE, "the primary answers mail clients")
    for _ in range(2):
        told = pair.testbed.rack.agents["client"].ask("run", command=f'timeout 5 python3 -c "{ask}"')
        assert str(told["out"]).startswith(greeting), told


def test_postfix_greets_soon_after_it_could_not(client: docker.DockerClient, pair: DockerLab) -> None:
    """By default it holds a server that failed to start back for a minute: two scenarios found nobody greeting."""
    pair.clock.wait_for(lambda: 25 in _ports(pair.primary), SETTLE, "the primary answers mail clients")
    unit = client.containers.get(pair.badge.name(unit_part("P")))

    def run(command: str) -> str:
        return str(unit.exec_run(["timeout", "5", "sh", "-c", command]).output)

    greet = "python3 -c \"import socket; print(socket.create_connection(('127.0.0.1', 25)).recv(512))\""
    main = "/etc/postfix/main.cf"
    run(f"cp {main} /tmp/main.cf && echo 'smtpd_timeout = no time' >> {main}; pkill -x smtpd")
    pair.clock.wait_for(lambda: "220" not in run(greet), SETTLE, "no server of Postfix can start")
    run(f"cp /tmp/main.cf {main}")
    pair.clock.wait_for(lambda: "220" in run(greet), SETTLE, "Postfix greets again")


def _ports(unit: Unit) -> set[int]:
    return {port for _, port in unit.listening()}


def test_testinfra_confirms_what_the_agent_tells(pair: DockerLab) -> None:
    """Addresses read by testinfra are those that the kernel reported."""
    inspector = pair.testbed.units["P"].inspector
    told = {address.partition("/")[0] for address in inspector.addresses("port3")}
    own = {pair.primary.own_address("port3"), pair.primary.own_address6("port3")}
    shown = {address.partition("/")[0] for address in {pair.mail.virtual_address, *own}}
    assert inspector.confirmed_addresses("port3") == told == shown
    assert inspector.host.file("/data/log/ha.log").exists


def test_leftovers_of_the_dead_are_reaped_and_nothing_else(client: docker.DockerClient, lab: DockerLab) -> None:
    """A network whose owner is dead goes; a living run's and a lab made by hand stay."""
    dead = names.this_process().text().split()
    dead[1] = str(int(dead[1]) - 1)
    made = {}
    for owner in (" ".join(dead), names.BY_HAND):
        badge = Badge("tests", names.new_lab_id(), owner)
        Rack(client, badge, tags(UnderTest()))._make_network(Plan(255 - len(made)), "port1")
        made[owner] = badge.lab
    try:
        reaper.reap(client)  # unless another process has removed it, or does so just now

        def standing() -> set[str]:
            return {each.lab for each in reaper.standing(client)}

        lab.clock.wait_for(lambda: made[" ".join(dead)] not in standing(), SETTLE, "the dead one's network has gone")
        assert {made[names.BY_HAND], lab.badge.lab} <= standing()
    finally:
        for id_ in made.values():
            for network in client.api.networks(filters={"label": f"{names.LAB}={id_}"}):
                client.api.remove_network(network["Id"])


def test_nothing_is_left_after_closing(client: docker.DockerClient) -> None:
    """A closed lab leaves no container, network or volume."""
    opened = open_lab(Options(run="tests"))
    assert isinstance(opened, DockerLab)
    wanted = {"label": f"{names.LAB}={opened.badge.lab}"}
    assert len(client.api.containers(all=True, filters=wanted)) == 7
    opened.close()
    assert client.api.containers(all=True, filters=wanted) == []
    assert client.api.networks(filters=wanted) == []
    assert not client.api.volumes(filters=wanted)["Volumes"]


def test_a_lab_that_is_to_be_kept_outlives_its_process(client: docker.DockerClient) -> None:
    """It is a lab by hand then, which nothing but `down` removes; both units still run."""
    keeps = "from lab.docker.driver import open_lab; from lab.registry import Options; "
    keeps += "print(open_lab(Options(run='tests', keep=True)).badge.lab)"
    made = subprocess.run([sys.executable, "-c", keeps], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    id_ = made.stdout.split()[-1]
    try:
        assert id_ not in reaper.reap(client)
        kept = next(each for each in reaper.standing(client) if each.lab == id_)
        assert kept.is_by_hand
        assert {client.containers.get(name).status for name in kept.containers} == {"running"}
    finally:
        remove_lab(client, id_)
