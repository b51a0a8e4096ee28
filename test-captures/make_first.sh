#!/bin/sh
# Makes first.pcap: ping, ICMPv6 ping, HTTP and a refused UDP datagram between two network namespaces. Needs root.
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
cd "$(dirname "$0")"
a=cicflow-a b=cicflow-b
cleanup() { ip netns del $a 2>/dev/null || true; ip netns del $b 2>/dev/null || true; rm -rf "$page"; }
page=$(mktemp -d)
trap cleanup EXIT
ip netns add $a
ip netns add $b
ip link add veth-a netns $a type veth peer name veth-b netns $b
ip -n $a addr add 10.9.0.1/24 dev veth-a
ip -n $b addr add 10.9.0.2/24 dev veth-b
ip -n $a addr add fd09::1/64 dev veth-a nodad
ip -n $b addr add fd09::2/64 dev veth-b nodad
ip -n $a link set veth-a up
ip -n $b link set veth-b up
ip netns exec $a tcpdump -i veth-a -w first.pcap -U 2>/dev/null &
dump=$!
head -c 20000 /dev/zero >"$page/page"
(cd "$page" && exec ip netns exec $b python3 -m http.server 8080 >/dev/null 2>&1) &
server=$!
sleep 2
ip netns exec $a ping -c 3 -i 0.3 10.9.0.2 >/dev/null
ip netns exec $a ping -c 2 -i 0.3 fd09::2 >/dev/null
ip netns exec $a curl -s -o /dev/null http://10.9.0.2:8080/page
ip netns exec $a curl -s -o /dev/null http://10.9.0.2:8080/missing || true
ip netns exec $a python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"nobody there", ("10.9.0.2", 9))'
sleep 1
kill $server $dump
wait $dump 2>/dev/null || true
