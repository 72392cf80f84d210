"""Words that customers use for one another, so that "can't pay" finds what is called "Checkout".

Groups of everyday support English, written by hand; a word may stand in several. They make a
text likelier to be about a feature, and never name one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from bot.voice.stems import stem

_GROUPS: Final = """
login log-in signin sign-in logon signing logging
account profile user member
password passphrase credential passcode pin
two-factor multi-factor 2fa mfa authenticator authentication otp verification code
permission access allow role right camera microphone
pay payment checkout purchase buy order card charge
bill billing invoice receipt charge charged
refund reimbursement chargeback money
cart basket bag checkout
price pricing plan tier subscription cost trial
cancel cancellation unsubscribe terminate
delivery shipping shipment parcel package courier tracking
discount coupon voucher promo promotion gift
site website webpage page web url domain
link url hyperlink address
breakage broken break load blank display render properly
compatibility compatible supported unsupported chrome edge safari
crash crashing crashes close quit shut
freeze hang lag stutter slow unresponsive sluggish responsiveness
slow speed performance latency lag memory cpu ram
launch start startup open boot
install installation installer setup download
update upgrade version latest
remove delete uninstall erase clear
recover restore lose lost gone disappear vanish missing deleted retrieve
backup archive copy restore
sync synchronize synchronise synced device devices
import migrate transfer move
export download extract
upload attach attachment file
save store keep remember
download downloaded file
print printer printing paper
pdf document acrobat reader
image picture photo icon png jpg
video youtube audio sound stream streaming netflix play music player
camera webcam microphone mic
search find query google engine
suggestion suggest autocomplete recommend
filter sort order
notification notify alert popup reminder push
email mail message inbox
chat conversation message
call phone ring voice
language translate translation locale english spanish german french
font text size zoom theme appearance color colour look layout
dark light theme mode night
customize customise customization configure preference setting option toolbar
home homepage start
dashboard overview shortcut widget
tab window
bookmark favorite favourite
history visited past recent
cookie cache tracker
privacy private tracking tracker track
security secure safe virus malware hack phishing
antivirus firewall vpn avast norton kaspersky mcafee
certificate ssl tls https secure cert
encryption encrypt encrypted https tls
connection connect connectivity network internet offline wifi proxy server dns timeout
error code message warning failure
failure fail failed unable cannot error
block blocked denied forbidden refuse
extension addon add-on plugin
integration connect webhook api
autofill fill autocomplete form
address form card
location gps map geolocation
share sharing send invite
invite invitation member team
report reporting analytics chart graph statistics
calendar schedule appointment event
map route navigation
mobile android ios iphone app
desktop windows mac linux
"""


def _akin() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in _GROUPS.strip().splitlines():
        group = {stem(part) for word in line.split() for part in (word, word.replace("-", ""))}
        for one in group:
            found[one] |= group - {one}
    return {one: frozenset(others) for one, others in found.items()}


AKIN: Final = _akin()
"""For a stem, the stems of the words that customers use for it or beside it."""
