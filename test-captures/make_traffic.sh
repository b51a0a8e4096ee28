#!/bin/sh
# Makes the captures of traffic/ and examples/ from real traffic: network namespaces host - router - server, joined by veth
# pairs, captured at the host. Needs root, and the Debian packages iproute2 ethtool tcpdump iputils-ping curl bind9-dnsutils
# dnsmasq-base iperf3 traceroute ncat python3. Expected records are those of tests/reference/standard_flows.py.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: make_traffic.sh [CICFLOWMETER]       with the path of the built command the examples' records and summaries too
set -eu
command=${1:+$(realpath "$1")}
cd "$(dirname "$0")"
export TZ=UTC
h=cicflow-h-$$ r=cicflow-r-$$ s=cicflow-s-$$
work=$(mktemp -d)

cleanup() {
    for name in $h $r $s; do
        # shellcheck disable=SC2046
        kill $(ip netns pids $name 2>/dev/null) 2>/dev/null || true
        ip netns del $name 2>/dev/null || true
    done
    rm -rf "$work"
}
on() { name=$1; shift; ip netns exec "$name" "$@"; }
background() { "$@" >/dev/null 2>&1 & }
quietly() { "$@" >/dev/null 2>&1 || true; }

join() {   # namespace, interface, addresses; namespace, interface, addresses
    ip link add "$2" netns "$1" type veth peer name "$6" netns "$5"
    address "$1" "$2" "$3" "$4"
    address "$5" "$6" "$7" "$8"
}
address() {
    on "$1" ethtool -K "$2" tx off tso off gso off >/dev/null 2>&1 || true
    ip -n "$1" addr add "$3" dev "$2"
    ip -n "$1" addr add "$4" dev "$2" nodad
    ip -n "$1" link set "$2" up
}

network() {
    for name in $h $r $s; do
        ip netns add $name
        ip -n $name link set lo up
        on $name sysctl -q -w net.ipv4.ping_group_range='0 0' net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
    done
    join $h eth0 10.20.1.1/24 fd20:1::1/64 $r host0 10.20.1.254/24 fd20:1::fe/64
    join $s eth0 10.20.2.1/24 fd20:2::1/64 $r server0 10.20.2.254/24 fd20:2::fe/64
    on $r sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ip -n $h route add default via 10.20.1.254
    ip -n $s route add default via 10.20.2.254
    ip -n $h route add default via fd20:1::fe
    ip -n $s route add default via fd20:2::fe
    ip -n $r route add prohibit 10.20.9.0/24
    ip -n $r route add prohibit fd20:9::/64
}

servers() {
    head -c 8000 /dev/zero >"$work/page"
    background on $s python3 -m http.server --bind :: --directory "$work" 8080
    background on $s iperf3 -s
    background on $s dnsmasq -k -C /dev/null --no-resolv --no-hosts --pid-file="$work/dnsmasq.pid" --local=/test/ \
        --user=root --host-record=www.example.test,10.20.2.1,fd20:2::1 --txt-record="long.example.test,$(printf '%0250d' 0)"
    background on $s ncat -u -l -k -e /bin/cat 9007
    sleep 2
    for address in 10.20.2.1 fd20:2::1; do quietly on $h ping -c 1 $address; done
}

# capture FILE INTERFACE SNAPLEN COMMAND...: what passes the host's interface while COMMAND runs, and the records expected
capture() {
    file=$1 interface=$2 snaplen=$3
    shift 3
    rm -f "$work/tcpdump"    # the word of the capture before is not this one's
    ip netns exec $h tcpdump -Z root -i "$interface" -s "$snaplen" --immediate-mode -U -w "$file" 2>"$work/tcpdump" &
    dump=$!
    until grep -qs listening "$work/tcpdump"; do sleep 0.1; done
    "$@"
    sleep 1
    kill $dump
    wait $dump || true
    case $file in
        traffic/*) python3 ../tests/reference/standard_flows.py "$file" >"$file.csv" ;;
        *) [ -z "$command" ] || "$command" -q -f "$file" -c "${file%.pcap}.csv" --summary >"${file%.pcap}.summary.txt" 2>&1 ;;
    esac
}

refused_udp() { on $h python3 -c 'import socket, sys
end = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
end.sendto(b"nobody there", (sys.argv[1], 9))' "$1"; }

tcp() {   # a page, a page that is missing, a closed port, a bulk transfer each way
    quietly on $h curl -s http://10.20.2.1:8080/page
    quietly on $h curl -s http://10.20.2.1:8080/missing
    quietly on $h curl -s http://10.20.2.1:81/
    quietly on $h iperf3 -c 10.20.2.1 -n 40K -l 8K
    quietly on $h iperf3 -c 10.20.2.1 -n 40K -l 8K -R
}
udp() {   # queries over UDP and one over TCP, a stream of 30 datagrams, a datagram answered, one refused
    for query in 'www.example.test A' 'www.example.test AAAA' 'long.example.test TXT' 'nobody.example.test A'; do
        # shellcheck disable=SC2086
        quietly on $h dig +tries=1 @10.20.2.1 $query
    done
    quietly on $h dig +tcp @10.20.2.1 www.example.test A
    quietly on $h iperf3 -u -c 10.20.2.1 -l 200 -b 160K -k 30
    echo hello | quietly on $h ncat -u -i 1 10.20.2.1 9007
    refused_udp 10.20.2.1
}
icmp() {   # 5 echoes, 3 of 1000 bytes, two series at once, one host that is not there
    quietly on $h ping -c 5 -i 0.2 10.20.2.1
    quietly on $h ping -c 3 -i 0.2 -s 1000 10.20.2.1
    ip netns exec $h ping -c 4 -i 0.3 10.20.2.1 >/dev/null & other=$!
    quietly on $h ping -c 4 -i 0.3 10.20.1.254
    wait $other
    quietly on $h ping -c 2 -W 2 10.20.2.77
}
ipv6() {
    quietly on $h ping -c 5 -i 0.2 fd20:2::1
    quietly on $h curl -s 'http://[fd20:2::1]:8080/page'
    quietly on $h dig @fd20:2::1 www.example.test AAAA
    quietly on $h iperf3 -c fd20:2::1 -n 30K -l 6K
    refused_udp fd20:2::1
}
inside() {   # address, IPv6 address: some of everything through a tunnel
    quietly on $h ping -c 3 -i 0.2 "$1"
    quietly on $h ping -c 2 -i 0.2 "$2"
    quietly on $h curl -s "http://$1:8080/page"
    quietly on $h curl -s "http://[$2]:8080/missing"
    quietly on $h dig @"$1" www.example.test A
    refused_udp "$1"
}
fragments() {   # echoes of 1800 bytes, a datagram of 3500 and its echo, both also over IPv6
    for address in 10.20.2.1 fd20:2::1; do
        quietly on $h ping -c 3 -i 0.2 -s 1800 $address
        head -c 3500 /dev/zero | quietly on $h ncat -u -i 1 $address 9007
    done
    quietly on $h iperf3 -u -c 10.20.2.1 -l 3000 -b 1M -k 3
}
icmp_errors() {   # port unreachable, time exceeded, host unreachable, prohibited, too big: IPv4 and IPv6
    refused_udp 10.20.2.1
    refused_udp fd20:2::1
    for address in 10.20.2.1 fd20:2::1; do
        quietly on $h ping -c 2 -i 0.2 -t 1 -W 1 $address
        quietly on $h ping -c 1 -M do -s 1400 -W 1 $address
    done
    quietly on $h ping -c 1 -W 4 10.20.2.77
    quietly on $h ping -c 1 -W 4 fd20:2::77
    quietly on $h ping -c 1 -W 1 10.20.9.1
    quietly on $h ping -c 1 -W 1 fd20:9::1
}
routes() {   # UDP, ICMP and TCP probes, IPv4 and IPv6
    for address in 10.20.2.1 fd20:2::1; do
        for way in -U -I -T; do quietly on $h traceroute -n -q 2 -m 4 -w 1 $way -p 8099 $address; done
        quietly on $h traceroute -n -q 2 -m 4 -w 1 $address
    done
}
only_icmp() {
    quietly on $h ping -c 5 -i 0.2 10.20.2.1
    quietly on $h ping -c 4 -i 0.2 -s 1000 10.20.1.254
    quietly on $h ping -c 3 -i 0.2 fd20:2::1
    quietly on $h ping -c 1 -W 1 -t 1 10.20.2.1
    quietly on $h ping -c 1 -W 1 10.20.9.1
    quietly on $h traceroute -n -I -q 1 -w 1 10.20.2.1
}
mixed() {
    quietly on $h ping -c 3 -i 0.2 10.20.2.1
    quietly on $h dig @10.20.2.1 www.example.test A
    quietly on $h curl -s http://10.20.2.1:8080/page
    quietly on $h curl -s 'http://[fd20:2::1]:8080/missing'
    quietly on $h curl -s http://10.20.2.1:81/
    refused_udp 10.20.2.1
    quietly on $h ping -c 3 -i 0.2 fd20:2::1
    quietly on $h iperf3 -c 10.20.2.1 -n 30K -l 6K
}
flood() { quietly on $h ping -f -c 200 10.20.2.1; }

# carried KIND NAMESPACE END END: one end by carry.py, with addresses
carried() {
    kind=$1 name=$2 number=$3
    shift 3
    mkfifo "$work/ready"
    ip netns exec "$name" python3 carry.py "$kind" "$kind" "$@" >"$work/ready" 2>/dev/null &
    read -r _ <"$work/ready"
    rm "$work/ready"
    address "$name" "$kind" "10.30.$net.$number/24" "fd30:$net::$number/64"
    ip -n "$name" link set "$kind" mtu 1400
}

tunnels() {
    net=1; carried vlan $h 1 eth0 10; carried vlan $r 2 host0 10
    background on $r python3 -m http.server --bind :: --directory "$work" 8080
    background on $r dnsmasq -k -C /dev/null --no-resolv --no-hosts --pid-file="$work/dnsmasq-2.pid" --local=/test/ --user=root \
        --host-record=www.example.test,10.20.2.1
    net=2; carried gre $h 1 10.20.1.1 10.20.2.1; carried gre $s 2 10.20.2.1 10.20.1.1
    net=3; carried ipip $h 1 10.20.1.1 10.20.2.1; carried ipip $s 2 10.20.2.1 10.20.1.1
    net=4
    ip -n $h link add vxlan type vxlan id 7 local 10.20.1.1 remote 10.20.2.1 dstport 4789
    ip -n $s link add vxlan type vxlan id 7 local 10.20.2.1 remote 10.20.1.1 dstport 4789
    address $h vxlan 10.30.4.1/24 fd30:4::1/64
    address $s vxlan 10.30.4.2/24 fd30:4::2/64
    sleep 2
}

trap cleanup EXIT
trap 'exit 1' INT TERM
network
servers
capture traffic/tcp.pcap eth0 96 tcp
capture traffic/udp.pcap eth0 262144 udp
capture traffic/icmp.pcap eth0 128 icmp
capture traffic/ipv6.pcap eth0 128 ipv6
capture traffic/fragments.pcap eth0 262144 fragments
capture traffic/traceroute.pcap eth0 262144 routes
capture examples/icmp-only.pcap eth0 262144 only_icmp
capture examples/mixed.pcap eth0 128 mixed
capture examples/ping-flood.pcap eth0 48 flood
tunnels
capture traffic/vlan.pcap eth0 262144 inside 10.30.1.2 fd30:1::2
capture traffic/gre.pcap eth0 262144 inside 10.30.2.2 fd30:2::2
capture traffic/ip-in-ip.pcap eth0 262144 inside 10.30.3.2 fd30:3::2
capture traffic/vxlan.pcap eth0 262144 inside 10.30.4.2 fd30:4::2
ip -n $r link set server0 mtu 1300
capture traffic/icmp-errors.pcap eth0 262144 icmp_errors
