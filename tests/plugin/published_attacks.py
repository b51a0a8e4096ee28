"""The attacks of CIC-IDS2017 and CSE-CIC-IDS2018 as those who corrected their labels give them: Liu, Engelen, Lynar, Essam and Joosen,
"Error Prevalence in NIDS datasets", IEEE CNS 2022; the notebooks in Labelling/ of https://github.com/GintsEngelen/CNS2022_Code (commits
8b23a1c and ba9046b). Times are nanoseconds since 1970. A flow has the label of the last entry that fits it; without one it is benign.

`published` are the times of day on https://www.unb.ca/cic/datasets/ids-2017.html and ids-2018.html, for comparison.
"""
from dataclasses import dataclass
from typing import Callable, Optional, Sequence


@dataclass
class Flow:
    """The properties that the conditions use. Payloads are bytes, the duration is seconds."""
    src: str
    dst: str
    sport: int
    dport: int
    protocol: int
    start: int
    duration: float = 0
    fwd_packets: int = 1
    bwd_packets: int = 0
    fwd_payload: int = 0
    bwd_payload: int = 0
    fwd_payload_max: int = 0
    fwd_rst: int = 0
    bwd_rst: int = 0


@dataclass
class Attack:
    label: str
    start: int
    end: int
    src: Optional[Sequence[str]] = None
    dst: Optional[Sequence[str]] = None
    sport: Optional[Sequence[int]] = None
    dport: Optional[Sequence[int]] = None
    protocol: Optional[int] = None
    condition: Callable[[Flow], bool] = lambda f: True

    def fits(self, f):
        return (self.start <= f.start <= self.end and (self.src is None or f.src in self.src) and (self.dst is None or f.dst in self.dst)
                and (self.sport is None or f.sport in self.sport) and (self.dport is None or f.dport in self.dport)
                and (self.protocol is None or f.protocol == self.protocol) and self.condition(f))


def label_of(attacks, flow):
    return next((attack.label for attack in reversed(attacks) if attack.fits(flow)), "BENIGN")


SECOND = 10 ** 9


def no_payload(f):
    return f.fwd_payload == 0


def clients(*numbers):
    return [f"192.168.10.{n}" for n in numbers]


ROUTER, KALI = ["172.16.0.1"], ["205.174.165.73"]
WEB, UBUNTU = clients(50), clients(51)
LORIS_PORTS, HULK_PORTS = (33358, 33360, 33362, 54114), (48678, 43664)
XSS_PORTS, SQL_PORTS = (36180, 36182, 36184, 36186, 36188, 36190), (36180, 36182, 36184, 36186, 36188)
BOTS = clients(15, 9, 14, 5, 8)
FTP = (1499170672838272000, 1499174416931403000)
SSH = (1499188141049616000, 1499195059018486000)
LORIS = (1499258926211817000, 1499260236498684000)
SLOWTEST = (1499260537936810000, 1499261869331517000)
HULK_BEGIN, HULK = (1499262203194704000, 1499262299999999999), (1499262203194704000, 1499263641326171000)
GOLDEN = (1499263803231753000, 1499264408915718000)
HEART = (1499278335650811000, 1499279563294455000)
BRUTE = (1499343567660566000, 1499346011622209000)
XSS = (1499346935283859000, 1499348121341704000)
SQL_BEGIN, SQL = (1499348127852814000, 1499348145720612000), (1499348145732950000, 1499348575320284000)
DROPBOX, COOLDISK = (1499361542547210000, 1499366769364731000), (1499363616453990000, 1499371339347892000)
BOTNET, DDOS = (1499432653990571000, 1499436122903736000), (1499453791796937000, 1499454972216560000)

CIC_IDS2017 = [
    Attack("FTP-Patator", *FTP, ROUTER, WEB, dport=[21]),
    Attack("FTP-Patator - Attempted", *FTP, ROUTER, WEB, dport=[21], condition=no_payload),
    Attack("FTP-Patator - Attempted", *FTP, ROUTER, WEB, [52108], [21]),
    Attack("SSH-Patator", *SSH, ROUTER, WEB, dport=[22]),
    Attack("SSH-Patator - Attempted", *SSH, ROUTER, WEB, dport=[22], condition=no_payload),
    Attack("SSH-Patator - Attempted", *SSH, ROUTER, WEB, dport=[22], condition=lambda f: f.fwd_payload <= 32 and f.bwd_payload == 0),

    Attack("DoS Slowloris", *LORIS, ROUTER, WEB, dport=[80], condition=lambda f: f.sport not in LORIS_PORTS),
    Attack("DoS Slowloris - Attempted", *LORIS, ROUTER, WEB, LORIS_PORTS[:3], [80]),
    Attack("DoS Slowloris - Attempted", *LORIS, ROUTER, WEB, dport=[80], condition=lambda f: no_payload(f) and f.sport not in LORIS_PORTS),
    Attack("DoS Slowloris - Attempted", *LORIS, WEB, ROUTER, [80],
           condition=lambda f: f.dport not in LORIS_PORTS and f.bwd_payload == 0 and f.duration >= 0.1998),
    Attack("DoS Slowloris - Attempted", *LORIS, ROUTER, WEB, [54114], [80]),
    Attack("DoS Slowhttptest", *SLOWTEST, ROUTER, WEB, dport=[80], condition=lambda f: f.sport != 33372),
    Attack("DoS Slowhttptest - Attempted", *SLOWTEST, ROUTER, WEB, [33372], [80]),
    Attack("DoS Slowhttptest - Attempted", *SLOWTEST, ROUTER, WEB, dport=[80],
           condition=lambda f: no_payload(f) and f.sport not in (33372, 37670)),
    Attack("DoS Slowhttptest - Attempted", *SLOWTEST, ROUTER, WEB, [37670], [80]),
    Attack("DoS Hulk", *HULK_BEGIN, ROUTER, WEB, dport=[80], condition=lambda f: f.sport not in HULK_PORTS),
    Attack("DoS Hulk - Attempted", *HULK_BEGIN, ROUTER, WEB, HULK_PORTS, [80]),
    Attack("DoS Hulk", 1499262300000000000, HULK[1], ROUTER, WEB, dport=[80]),
    Attack("DoS Hulk - Attempted", *HULK, ROUTER, WEB, dport=[80], condition=lambda f: no_payload(f) and f.sport not in HULK_PORTS),
    Attack("DoS Hulk - Attempted", *HULK, ROUTER, WEB, dport=[80],
           condition=lambda f: f.sport not in HULK_PORTS and 0 < f.fwd_payload < 282),
    Attack("DoS GoldenEye", *GOLDEN, ROUTER, WEB, dport=[80]),
    Attack("DoS GoldenEye - Attempted", *GOLDEN, ROUTER, WEB, dport=[80], condition=no_payload),
    Attack("Heartbleed", *HEART, ROUTER, UBUNTU, [45022], [444]),
    Attack("Heartbleed - Attempted", *HEART, ROUTER, UBUNTU, [45022], [444], condition=no_payload),

    Attack("Web Attack - Brute Force - Attempted", 1499343354880049000, 1499343531179279000, ROUTER, WEB, dport=[80]),
    Attack("Web Attack - Brute Force", *BRUTE, ROUTER, WEB, dport=[80], condition=lambda f: f.fwd_packets > 20 or f.sport == 44464),
    Attack("Web Attack - Brute Force - Attempted", *BRUTE, ROUTER, WEB, dport=[80],
           condition=lambda f: no_payload(f) and not (f.fwd_packets > 20 or f.sport == 44464)),
    Attack("Web Attack - Brute Force - Attempted", *BRUTE, ROUTER, WEB, dport=[80],
           condition=lambda f: f.fwd_payload > 0 and f.sport != 44464 and f.fwd_packets == 5 and f.bwd_packets == 5),
    Attack("Web Attack - XSS", *XSS, ROUTER, WEB, dport=[80], condition=lambda f: f.sport not in XSS_PORTS and f.fwd_packets >= 150),
    Attack("Web Attack - XSS - Attempted", *XSS, ROUTER, WEB, dport=[80], condition=lambda f: no_payload(f) and f.sport not in XSS_PORTS),
    Attack("Web Attack - XSS - Attempted", *XSS, ROUTER, WEB, dport=[80],
           condition=lambda f: f.sport not in XSS_PORTS and f.fwd_payload > 0 and f.fwd_packets < 150),
    Attack("Web Attack - SQL Injection - Attempted", *SQL_BEGIN, ROUTER, WEB, SQL_PORTS, [80]),
    Attack("Web Attack - SQL Injection", *SQL, ROUTER, WEB, dport=[80], condition=lambda f: f.sport not in SQL_PORTS),
    Attack("Web Attack - SQL Injection - Attempted", *SQL_BEGIN, ROUTER, WEB, dport=[80], condition=no_payload),
    Attack("Infiltration", *DROPBOX, clients(8), KALI),
    Attack("Infiltration - Attempted", *DROPBOX, clients(8), KALI, condition=no_payload),
    Attack("Infiltration - Attempted", 1499361228830533000, 1499361301251276000, clients(9), KALI),
    Attack("Infiltration", *COOLDISK, clients(25), KALI),
    Attack("Infiltration - Attempted", *COOLDISK, clients(25), KALI, condition=no_payload),
    Attack("Infiltration - Portscan", 1499360431706755000, 1499360445728887000, ROUTER, UBUNTU, [50122, 50133]),
    Attack("Infiltration - Portscan", 1499362410884008000, 1499362444285175000, clients(8), clients(5)),
    Attack("Infiltration - Portscan", 1499364314425162000, 1499366764331875000, clients(8),
           clients(5, 9, 12, 14, 15, 16, 17, 19, 25, 50, 51),
           condition=lambda f: not (f.dst in WEB and (f.fwd_payload_max == 408 or f.fwd_payload in (176, 20514)))),

    Attack("Portscan", 1499446532117090000, 1499447948582083000, ROUTER, WEB),
    Attack("Portscan", 1499449905450532000, 1499451841699238000, ROUTER, WEB),
    Attack("Botnet", *BOTNET, BOTS, KALI),
    Attack("Botnet - Attempted", *BOTNET, BOTS, KALI, condition=no_payload),
    Attack("Botnet - Attempted", 1499436180000000000, 1499457684606663000, BOTS, KALI),
    Attack("DDoS", *DDOS, ROUTER, WEB),
    Attack("DDoS - Attempted", *DDOS, ROUTER, WEB, condition=no_payload),
]

# (day of July 2017, first and last hour and minute, label that begins an attack of the time), in a zone 3 hours behind UTC.
PUBLISHED_2017 = [
    (4, "9:20", "10:20", "FTP-Patator"), (4, "14:00", "15:00", "SSH-Patator"),
    (5, "9:47", "10:10", "DoS Slowloris"), (5, "10:14", "10:35", "DoS Slowhttptest"), (5, "10:43", "11:00", "DoS Hulk"),
    (5, "11:10", "11:23", "DoS GoldenEye"), (5, "15:12", "15:32", "Heartbleed"),
    (6, "9:20", "10:00", "Web Attack - Brute Force"), (6, "10:15", "10:35", "Web Attack - XSS"),
    (6, "10:40", "10:42", "Web Attack - SQL Injection"), (6, "14:19", "15:45", "Infiltration"),
    (7, "10:02", "11:02", "Botnet"), (7, "13:55", "15:29", "Portscan"), (7, "15:56", "16:16", "DDoS"),
]


def lan(*numbers):
    return [f"172.31.69.{n}" for n in numbers]


def seconds(start, end):
    return start * SECOND, end * SECOND


TEN = ["18.218.115.60", "18.219.9.1", "18.219.32.43", "18.218.55.126", "52.14.136.135", "18.219.5.43", "18.216.200.189", "18.218.229.235",
       "18.218.11.51", "18.216.24.42"]
WEB_ATTACKER, ARES, INFILTRATOR = ["18.218.115.60"], "18.219.211.138", ["13.58.225.34"]
SSH_2018, GOLDEN_2018 = seconds(1518631310, 1518636750), seconds(1518701262, 1518703905)
LORIS_2018, HULK_2018 = seconds(1518706812, 1518709321), seconds(1518803127, 1518803903)
LOIC_HTTP, LOIC_UDP = seconds(1519136034, 1519139809), seconds(1519146857, 1519147756)
LOIC_UDP_2, HOIC = seconds(1519222131, 1519224219), seconds(1519236668, 1519239955)
SQL_22, SQL_23 = (1519330590418906000, 1519331276022793000), (1519412792126122000, 1519413444947957000)
XSS_22, XSS_23 = (1519321899783923000, 1519324181827037000), (1519405264559707000, 1519409428237472000)
BRUTE_22, BRUTE_23 = (1519309071336902000, 1519313039858533000), (1519394670193975000, 1519398186406294000)
DROPBOX_28 = ["162.125.3.1", "162.125.3.5", "162.125.3.6", "162.125.248.1", "162.125.18.133"]
DROPBOX_1 = ["162.125.3.1", "162.125.3.6", "162.125.248.1", "162.125.18.133"]
OTHERS_28 = ["104.16.100.29", "104.16.99.29", "52.84.128.3", "52.85.101.236", "52.85.131.81", "52.85.95.206"]
OTHERS_1 = ["104.16.100.29", "13.32.168.125", "52.85.112.72"]
ARES_TIME = seconds(1520000008, 1520020492)


def dropbox(victim, hosts, others, *times):
    label = "Infiltration - Dropbox Download"
    return ([Attack(label, *seconds(*time), victim, hosts) for time in times] +
            [Attack(label + " - Attempted", *seconds(*time), victim, hosts, condition=no_payload) for time in times] +
            [Attack(label + " - Attempted", *seconds(*time), victim, others) for time in times])


def communication(victim, *times):
    label = "Infiltration - Communication Victim Attacker"
    return ([Attack(label, *seconds(*time), victim, INFILTRATOR) for time in times] +
            [Attack(label + " - Attempted", *seconds(*time), victim, INFILTRATOR, condition=no_payload) for time in times])


CSE_CIC_IDS2018 = [
    Attack("FTP-BruteForce - Attempted", *seconds(1518618806, 1518624631), ["18.221.219.4"], lan(25)),
    Attack("FTP-BruteForce - Attempted", 1518631281199541000, 1518631281502585000, ["13.58.98.64"], lan(25), dport=[21]),
    Attack("SSH-BruteForce", *SSH_2018, ["13.58.98.64"], lan(25), dport=[22]),
    Attack("SSH-BruteForce - Attempted", *SSH_2018, ["13.58.98.64"], lan(25), dport=[22], condition=no_payload),

    Attack("DoS GoldenEye", *GOLDEN_2018, [ARES], lan(25), condition=lambda f: f.fwd_rst == 0 or f.duration >= 5.05),
    Attack("DoS GoldenEye - Attempted", *GOLDEN_2018, [ARES], lan(25), condition=lambda f: f.fwd_rst > 0 and f.duration < 5.05),
    Attack("DoS GoldenEye - Attempted", *GOLDEN_2018, [ARES], lan(25),
           condition=lambda f: f.bwd_rst == 1 and f.bwd_payload == 0 and f.duration > 100),
    Attack("DoS GoldenEye - Attempted", *GOLDEN_2018, [ARES], lan(25), condition=no_payload),
    Attack("DoS Slowloris", *LORIS_2018, ["18.217.165.70"], lan(25)),
    Attack("DoS Slowloris - Attempted", *LORIS_2018, ["18.217.165.70"], lan(25), condition=no_payload),

    Attack("FTP-BruteForce - Attempted", *seconds(1518790334, 1518793513), ["13.59.126.31"], lan(25)),
    Attack("DoS Hulk", *HULK_2018, ["18.219.193.20"], lan(25)),
    Attack("DoS Hulk - Attempted", *HULK_2018, ["18.219.193.20"], lan(25), condition=no_payload),

    Attack("DDoS-LOIC-HTTP", *LOIC_HTTP, TEN, lan(25), protocol=6),
    Attack("DDoS-LOIC-HTTP - Attempted", *LOIC_HTTP, TEN, lan(25), protocol=6, condition=no_payload),
    Attack("DDoS-LOIC-UDP", *LOIC_UDP, TEN, lan(25), protocol=17),
    Attack("DDoS-LOIC-UDP - Attempted", *LOIC_UDP, TEN, lan(25), protocol=17, condition=no_payload),
    Attack("DDoS-LOIC-UDP - Attempted", *LOIC_UDP, lan(25), TEN, protocol=1),

    Attack("DDoS-LOIC-UDP", *LOIC_UDP_2, TEN, lan(28), protocol=17),
    Attack("DDoS-LOIC-UDP - Attempted", *LOIC_UDP_2, TEN, lan(28), protocol=17, condition=no_payload),
    Attack("DDoS-LOIC-UDP - Attempted", *LOIC_UDP_2, lan(28), TEN, protocol=1),
    Attack("DDoS-HOIC", *HOIC, TEN, lan(28), protocol=6),
    Attack("DDoS-HOIC - Attempted", *HOIC, TEN, lan(28), protocol=6, condition=no_payload),

    Attack("Web Attack - SQL", *SQL_22, WEB_ATTACKER, lan(28), condition=lambda f: f.fwd_payload > 0 and f.bwd_payload > 0),
    Attack("Web Attack - SQL - Attempted", 1519330470169342000, 1519330498599986000, WEB_ATTACKER, lan(28)),
    Attack("Web Attack - SQL - Attempted", *SQL_22, WEB_ATTACKER, lan(28), condition=no_payload),
    Attack("Web Attack - XSS", *XSS_22, WEB_ATTACKER, lan(28), condition=lambda f: f.sport not in (63782, 64144)),
    Attack("Web Attack - XSS - Attempted", *XSS_22, WEB_ATTACKER, lan(28), [63782, 64144]),
    Attack("Web Attack - XSS - Attempted", *XSS_22, WEB_ATTACKER, lan(28),
           condition=lambda f: no_payload(f) and f.sport not in (63782, 64144)),
    Attack("Web Attack - Brute Force", *BRUTE_22, WEB_ATTACKER, lan(28), condition=lambda f: f.fwd_packets > 20),
    Attack("Web Attack - Brute Force - Attempted", *BRUTE_22, WEB_ATTACKER, lan(28),
           condition=lambda f: f.fwd_packets <= 20 and f.fwd_payload > 0),
    Attack("Web Attack - Brute Force - Attempted", 1519308824965705000, 1519308947920399000, WEB_ATTACKER, lan(28)),
    Attack("Web Attack - Brute Force - Attempted", *BRUTE_22, WEB_ATTACKER, lan(28), condition=no_payload),

    Attack("Web Attack - SQL", *SQL_23, WEB_ATTACKER, lan(28), condition=lambda f: f.fwd_payload > 0 and f.bwd_payload > 0),
    Attack("Web Attack - SQL - Attempted", 1519412722675686000, 1519412787879296000, WEB_ATTACKER, lan(28)),
    Attack("Web Attack - SQL - Attempted", *SQL_23, WEB_ATTACKER, lan(28), condition=no_payload),
    Attack("Web Attack - XSS", *XSS_23, WEB_ATTACKER, lan(28), condition=lambda f: f.sport != 59173),
    Attack("Web Attack - XSS - Attempted", *XSS_23, WEB_ATTACKER, lan(28), [59173]),
    Attack("Web Attack - XSS - Attempted", *XSS_23, WEB_ATTACKER, lan(28), condition=no_payload),
    Attack("Web Attack - Brute Force", *BRUTE_23, WEB_ATTACKER, lan(28), condition=lambda f: f.fwd_packets > 20),
    Attack("Web Attack - Brute Force - Attempted", *BRUTE_23, WEB_ATTACKER, lan(28),
           condition=lambda f: f.fwd_packets <= 20 and f.fwd_payload > 0),
    Attack("Web Attack - Brute Force - Attempted", *BRUTE_23, WEB_ATTACKER, lan(28), condition=no_payload),

    *dropbox(lan(24), DROPBOX_28, OTHERS_28, (1519828404, 1519829172), (1519839771, 1519839824)),
    *communication(lan(24), (1519829140, 1519834135), (1519839839, 1519843200)),
    Attack("Infiltration - NMAP Portscan", 1519829182 * SECOND, 1519843140746247000, lan(24), lan(1, *range(4, 24)),
           condition=lambda f: f.sport != 68),

    *dropbox(lan(13), DROPBOX_1, OTHERS_1, (1519912390, 1519912760), (1519913032, 1519918454)),
    *communication(lan(13), (1519912674, 1519912745), (1519913075, 1519928245), (1519928295, 1519933041)),
    Attack("Infiltration - NMAP Portscan", 1519913388354333000, 1519933092182726000, lan(13), lan(1, *range(4, 13), *range(14, 25)),
           condition=lambda f: f.sport != 68),

    Attack("Botnet Ares", *ARES_TIME, condition=lambda f: ARES in (f.src, f.dst)),
    Attack("Botnet Ares - Attempted", *seconds(1520020424, 1520020492), dst=[ARES], condition=lambda f: f.fwd_payload > 0 and f.bwd_rst > 0),
    Attack("Botnet Ares - Attempted", *ARES_TIME,
           condition=lambda f: ARES in (f.src, f.dst) and f.fwd_payload == 0 and f.bwd_payload == 0),
]

# (month and day of 2018, first and last hour and minute, label), in a zone 4 hours behind UTC.
PUBLISHED_2018 = [
    ((2, 14), "10:32", "12:09", "FTP-BruteForce"), ((2, 14), "14:01", "15:31", "SSH-BruteForce"),
    ((2, 15), "9:26", "10:09", "DoS GoldenEye"), ((2, 15), "10:59", "11:40", "DoS Slowloris"),
    ((2, 16), "10:12", "11:08", "FTP-BruteForce"), ((2, 16), "13:45", "14:19", "DoS Hulk"),
    ((2, 20), "10:12", "11:17", "DDoS-LOIC-HTTP"), ((2, 20), "13:13", "13:32", "DDoS-LOIC-UDP"),
    ((2, 21), "10:09", "10:43", "DDoS-LOIC-UDP"), ((2, 21), "14:05", "15:05", "DDoS-HOIC"),
    ((2, 22), "10:17", "11:24", "Web Attack - Brute Force"), ((2, 22), "13:50", "14:29", "Web Attack - XSS"),
    ((2, 22), "16:15", "16:29", "Web Attack - SQL"), ((2, 23), "10:03", "11:03", "Web Attack - Brute Force"),
    ((2, 23), "13:00", "14:10", "Web Attack - XSS"), ((2, 23), "15:05", "15:18", "Web Attack - SQL"),
    ((2, 28), "10:50", "12:05", "Infiltration"), ((2, 28), "13:42", "14:40", "Infiltration"),
    ((3, 1), "9:57", "10:55", "Infiltration"), ((3, 1), "14:00", "15:37", "Infiltration"),
    ((3, 2), "10:11", "11:34", "Botnet Ares"), ((3, 2), "14:24", "15:55", "Botnet Ares"),
]
