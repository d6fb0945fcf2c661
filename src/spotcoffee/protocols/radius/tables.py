"""Attribute names as data: number, name, kind. Facts from the RFCs and the sources of equipment.md.

Only what our equipment sends or understands; a line that is missing costs a name in a listing, nothing else.
Kinds: see `dictionary.Kind`; `enum:X` is an integer whose values are the enum X of `assigned`.
"""

from collections.abc import Mapping
from typing import Final

from spotcoffee.protocols.radius.assigned import Vendor

STANDARD: Final = """
1 User-Name text
2 User-Password secret
3 CHAP-Password secret
4 NAS-IP-Address address
5 NAS-Port integer
6 Service-Type enum:ServiceType
7 Framed-Protocol integer
8 Framed-IP-Address address
9 Framed-IP-Netmask address
11 Filter-Id text
12 Framed-MTU integer
18 Reply-Message text
24 State octets
25 Class octets
27 Session-Timeout integer
28 Idle-Timeout integer
29 Termination-Action enum:TerminationAction
30 Called-Station-Id text
31 Calling-Station-Id text
32 NAS-Identifier text
33 Proxy-State octets
40 Acct-Status-Type enum:AcctStatusType
41 Acct-Delay-Time integer
42 Acct-Input-Octets integer
43 Acct-Output-Octets integer
44 Acct-Session-Id text
45 Acct-Authentic enum:AcctAuthentic
46 Acct-Session-Time integer
47 Acct-Input-Packets integer
48 Acct-Output-Packets integer
49 Acct-Terminate-Cause enum:AcctTerminateCause
50 Acct-Multi-Session-Id text
51 Acct-Link-Count integer
52 Acct-Input-Gigawords integer
53 Acct-Output-Gigawords integer
55 Event-Timestamp date
60 CHAP-Challenge octets
61 NAS-Port-Type enum:NasPortType
62 Port-Limit integer
77 Connect-Info text
79 EAP-Message octets
80 Message-Authenticator secret
85 Acct-Interim-Interval integer
87 NAS-Port-Id text
88 Framed-Pool text
89 Chargeable-User-Identity octets
95 NAS-IPv6-Address address6
96 Framed-Interface-Id octets
97 Framed-IPv6-Prefix prefix6
99 Framed-IPv6-Route text
100 Framed-IPv6-Pool text
101 Error-Cause enum:ErrorCause
123 Delegated-IPv6-Prefix prefix6
168 Framed-IPv6-Address address6
"""

VENDORS: Final[Mapping[Vendor, str]] = {
    Vendor.CISCO: """
1 Cisco-AVPair text
""",
    Vendor.TP_LINK: """
1 TPLink-Recv-limit integer
2 TPLink-Xmit-limit integer
6 TPLink-Site text
7 TPLink-Omada text
8 TPLink-Redirect-Url text
9 TPLink-Portal-Access-Status integer
""",
    Vendor.FORTINET: """
1 Fortinet-Group-Name text
2 Fortinet-Client-IP-Address address
3 Fortinet-Vdom-Name text
5 Fortinet-Interface-Name text
""",
    Vendor.PFSENSE: """
1 pfSense-Bandwidth-Max-Up integer
2 pfSense-Bandwidth-Max-Down integer
3 pfSense-Max-Total-Octets integer
""",
    Vendor.WISPR: """
1 WISPr-Location-ID text
2 WISPr-Location-Name text
3 WISPr-Logoff-URL text
4 WISPr-Redirection-URL text
5 WISPr-Bandwidth-Min-Up integer
6 WISPr-Bandwidth-Min-Down integer
7 WISPr-Bandwidth-Max-Up integer
8 WISPr-Bandwidth-Max-Down integer
9 WISPr-Session-Terminate-Time text
10 WISPr-Session-Terminate-End-Of-Day text
11 WISPr-Billing-Class-Of-Service text
""",
    Vendor.AIRESPACE: """
1 Airespace-Wlan-Id integer
5 Airespace-Interface-Name text
6 Airespace-ACL-Name text
7 Airespace-Data-Bandwidth-Average-Contract integer
8 Airespace-Real-Time-Bandwidth-Average-Contract integer
9 Airespace-Data-Bandwidth-Burst-Contract integer
10 Airespace-Real-Time-Bandwidth-Burst-Contract integer
11 Airespace-Guest-Role-Name text
13 Airespace-Data-Bandwidth-Average-Contract-Upstream integer
14 Airespace-Real-Time-Bandwidth-Average-Contract-Upstream integer
15 Airespace-Data-Bandwidth-Burst-Contract-Upstream integer
16 Airespace-Real-Time-Bandwidth-Burst-Contract-Upstream integer
""",
    Vendor.CHILLISPOT: """
1 ChilliSpot-Max-Input-Octets integer
2 ChilliSpot-Max-Output-Octets integer
3 ChilliSpot-Max-Total-Octets integer
4 ChilliSpot-Bandwidth-Max-Up integer
5 ChilliSpot-Bandwidth-Max-Down integer
6 ChilliSpot-Config text
7 ChilliSpot-Lang text
8 ChilliSpot-Version text
9 ChilliSpot-OriginalURL text
10 CoovaChilli-Acct-View-Point enum:AcctViewPoint
11 CoovaChilli-Require-UAM text
12 CoovaChilli-Require-Splash text
13 CoovaChilli-Route-To-Interface text
14 CoovaChilli-Config-File text
15 CoovaChilli-Session-State enum:SessionState
16 CoovaChilli-Session-Id text
17 CoovaChilli-AP-Session-Id text
18 CoovaChilli-User-Agent text
19 CoovaChilli-Accept-Language text
21 ChilliSpot-Max-Input-Gigawords integer
22 ChilliSpot-Max-Output-Gigawords integer
23 ChilliSpot-Max-Total-Gigawords integer
24 CoovaChilli-VLAN-Id integer
25 CoovaChilli-Location text
26 CoovaChilli-Old-Location text
27 CoovaChilli-Location-Change-Count integer
40 CoovaChilli-Sys-Uptime integer
41 CoovaChilli-Sys-LoadAvg text
42 CoovaChilli-Sys-Memory text
50 CoovaChilli-DHCP-Vendor-Class-Id octets
51 CoovaChilli-DHCP-Client-Id octets
52 CoovaChilli-DHCP-Options octets
53 CoovaChilli-DHCP-Filename text
54 CoovaChilli-DHCP-Hostname text
55 CoovaChilli-DHCP-Server-Name text
56 CoovaChilli-DHCP-Client-FQDN text
57 CoovaChilli-DHCP-Parameter-Request-List octets
60 CoovaChilli-DHCP-IP-Address address
61 CoovaChilli-DHCP-Netmask address
62 CoovaChilli-DHCP-DNS1 address
63 CoovaChilli-DHCP-DNS2 address
64 CoovaChilli-DHCP-Gateway address
65 CoovaChilli-DHCP-Domain text
66 CoovaChilli-DHCP-Relay address
70 CoovaChilli-Inject-URL text
75 CoovaChilli-PostAuthProxy-Address address
76 CoovaChilli-PostAuthProxy-Port integer
80 CoovaChilli-Garden-Input-Octets integer
81 CoovaChilli-Garden-Output-Octets integer
82 CoovaChilli-Garden-Input-Gigawords integer
83 CoovaChilli-Garden-Output-Gigawords integer
84 CoovaChilli-Other-Input-Octets integer
85 CoovaChilli-Other-Output-Octets integer
86 CoovaChilli-Other-Input-Gigawords integer
87 CoovaChilli-Other-Output-Gigawords integer
100 ChilliSpot-UAM-Allowed text
101 ChilliSpot-MAC-Allowed text
102 ChilliSpot-Interval integer
""",
    Vendor.ARUBA: """
1 Aruba-User-Role text
2 Aruba-User-Vlan integer
5 Aruba-Essid-Name text
6 Aruba-Location-Id text
10 Aruba-AP-Group text
12 Aruba-Device-Type text
43 Aruba-Captive-Portal-URL text
""",
    Vendor.MIKROTIK: """
1 Mikrotik-Recv-Limit integer
2 Mikrotik-Xmit-Limit integer
3 Mikrotik-Group text
8 Mikrotik-Rate-Limit text
9 Mikrotik-Realm text
10 Mikrotik-Host-IP address
12 Mikrotik-Advertise-URL text
13 Mikrotik-Advertise-Interval integer
14 Mikrotik-Recv-Limit-Gigawords integer
15 Mikrotik-Xmit-Limit-Gigawords integer
17 Mikrotik-Total-Limit integer
18 Mikrotik-Total-Limit-Gigawords integer
19 Mikrotik-Address-List text
""",
    Vendor.CAMBIUM: """
151 Cambium-Traffic-Quota-Limit-Up integer
152 Cambium-Traffic-Quota-Limit-Down integer
153 Cambium-Traffic-Quota-Limit-Up-Gigwords integer
154 Cambium-Traffic-Quota-Limit-Down-Gigwords integer
155 Cambium-Traffic-Quota-Limit-Total integer
156 Cambium-Traffic-Quota-Limit-Total-Gigwords integer
""",
    Vendor.RUCKUS: """
1 Ruckus-User-Groups text
2 Ruckus-Sta-RSSI integer
3 Ruckus-SSID text
4 Ruckus-Wlan-Id integer
5 Ruckus-Location text
127 Ruckus-Zone-Id text
134 Ruckus-Zone-Name text
135 Ruckus-Wlan-Name text
""",
    Vendor.MERAKI: """
1 Meraki-Device-Name text
2 Meraki-Network-Name text
3 Meraki-Ap-Name text
4 Meraki-Ap-Tags text
""",
}
