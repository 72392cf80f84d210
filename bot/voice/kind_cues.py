"""English cues: how customers tell of a kind without its plain words.

What they miss, what surprised them and what it cost them is told in many ways, too many for the
labelled texts to show each often enough to learn from. A line gathers ways that mean the same, so
that what is learned about one of them holds for all. The form is that of `kind_rules`; `^` is the
beginning of a sentence. The weights are the hand's first guess: `bench/train_kinds.py` learns how
much each line, and the sum of a kind's lines, are worth.
"""

from __future__ import annotations

from typing import Final

from bot.reports import Kind

_REQUEST: Final = """
0.9 | ^ (add|allow|enable|implement|include|introduce|provide|integrate|support|expand|extend)
0.9 | ^ (adding|allowing|enabling|having|implementing|providing|supporting|integrating)
0.9 | ^ (improve|increase|create|offer|give|bring|make|let|build|extend|consider|update)
0.0 | ^ make sure, ^ let me, ^ give me a call, ^ make it quick, ^ having (trouble|problems|issues)
0.0 | ^ having (an|a|the) (issue|problem|error|trouble)
1.0 | ^ (ability|option|possibility|way) (to|for|of), ^ (an|a) (option|ability|way|setting) (to|for)
1.0 | ^ (need|want|wish|would love|would like|suggest|suggestion|request|proposal|idea)
0.8 | ^ (integration|compatibility) with, ^ support (for|of), ^ (more|better|custom|bulk|multiple)
0.6 | dark mode, night mode, dark theme, keyboard shortcuts, api, integration
1.0 | as (a|an) (user|customer|admin|administrator|developer|manager|agent|team), use case
1.0 | feature (requests|suggestion|suggestions|idea|ideas|proposal), describe the (feature|solution)
1.0 | solution you would like, suggestion for, (a|my|one|another) suggestion, product feedback
1.0 | (i|we) (would|will) (really|also|greatly|very much) (like|love|appreciate|prefer)
1.0 | would (also|really|greatly|definitely) (be|like|love|help|appreciate|benefit|improve)
0.9 | (it|this|that|which) would (help|allow|make|save|let|improve|enhance|enable|give|reduce)
0.9 | would be _ (if|to|for), would be _ _ (if|to), would be so _ (if|to), be _ if you
1.0 | so that (we|i|users|you|people|customers|our|my) (can|could|do not|know|are)
0.8 | (am|are|be) able to, able to (choose|select|filter|sort|customize|customise|set|hide|turn)
1.0 | any plans (to|for|on), plans to (add|support|make|bring), any chance (of|to|you|we|that)
1.0 | when (will|are) (you|we|there) (add|adding|support|get|going|be able), roadmap
0.9 | (can|could|may) (we|you|they|there|someone) (please|pls|also|just|have|get|add|make|provide)
1.0 | (can|could) (you|we|they|yall) (guys|please|pls|plz) (have|get|let|add|make|provide|allow)
0.9 | (please|pls|plz|kindly) (just|also|at least) (add|make|let|give|bring|allow|provide|put)
1.0 | (please|pls|plz|kindly) (reconsider|reinstate|restore|increase|integrate|extend|introduce)
1.0 | (please|pls|plz|kindly) (enable|expand|change|return|keep|remove|reduce|stop|bring)
0.8 | (there|they|you|it|firefox|thunderbird) (should|must|could|needs to|need to) (be|have|add)
0.9 | should (have|be) (a|an|the|more|some|option|optional|able), should at least, should also
0.9 | should (give|make|come|automatically|just|really|do|get|work like|default)
0.9 | (need|needs) to (add|have|make|allow|let|bring|include|offer|support|give|enable|provide)
0.9 | (need|needs) (more|some|an|a) _ (option|options|button|feature|mode|support|setting|way)
0.8 | could use (a|an|some|more), (only|one|other) (thing|complaint|wish|downside|improvement)
0.8 | (stars|star) (if|when|once|for), if you (add|added|make|made|let|allow|could|would|bring)
0.9 | (consider|considering|suggest|recommend|propose|love) (adding|making|having|including)
0.9 | how about (a|an|adding|making|some|letting), what about (a|an|adding), why not (add|make|have)
0.9 | why (can|do|does|is|are) (not|we not|you not|i not) (have|add|make|just|there|allow|let)
0.9 | make it (possible|easier|so|optional|configurable|easy|an|where|to where|available|more)
0.8 | (there|currently) (is|are) (no|not|currently no|also no|still no) (way|option|ability|setting)
0.8 | (there|currently) (is|are) (no|not|currently no) (button|feature|support|function|shortcut)
0.8 | currently (i|we|it|you|there|only|not|users), at the moment (i|we|it|you|there), for now
0.8 | (does|do|did) not (have|support|include|offer|provide|allow) (a|an|any|for|the|me|us|you)
0.8 | no (option|way|ability|support|button|setting|feature) (to|for|of), not possible (to|for)
0.7 | (lacks|lack|lacking|missing) (a|an|the|some|of|many|feature|features|options|option)
0.7 | like (to|the ability to|the option to) (see|have|be able|know if you), want to be able
0.8 | (want|need|like|love|prefer) to be able, (want|need|like|love) (a|an|the) (option|way|button)
0.8 | (i|we) (want|need|miss) (a|an|the|my|more|some|this|that|it) _ (back|option|feature|button)
0.8 | (want|get|have|put|give) (the|my|our|it|that|this) (back|old), (want|have|put) _ _ _ back
0.7 | (hope|hoping|hopefully|wish|wishing|wished) (there|they|you|we|i|it|this|that|for|to|in|can)
0.7 | (in|with) (the|a|your) (next|future) (update|updates|version|versions|release|releases)
0.6 | (more|other|additional|extra|different) (options|features|choices|shows|movies|songs|music)
0.6 | (more|other|new|better) (content|episodes|titles|selection|colors|fonts|formats|languages)
0.6 | instead of having to, without having to, rather than having, at least (let|give|allow|add)
0.6 | (would|should|could|might) be (better|easier|nicer|improved|added|more|possible|great|good)
0.6 | (i|we) (think|feel|believe) (you|it|there|they|that) (should|could|would|need), ideally
0.0 | would be (great|good|nice|helpful) (thanks|thank), help would be, any help would
0.0 | (advice|assistance|suggestions|ideas|answer|guidance|reply) would be, hope (this|that) helps
0.0 | hope (you|someone|somebody|anyone) can (help|fix|solve|advise), able to (help|fix|solve)
0.0 | would (like|love) to know, (would|should) be (fixed|working), used to be able
"""

_UNEXPECTED: Final = """
1.0 | (it|this|that|i|we|they|which|there) (used to|always used to|formerly), used to (be able|have)
0.9 | used to (be|show|see|open|display|just|get|work|come|do|let|allow|go|use|appear)
0.9 | (previously|formerly|before|originally) (it|i|we|this|the|there|they|you) (was|were|could|had)
0.9 | (in|with|on|from) (the|my|all|an) (old|older|previous|past|prior|earlier|former)
0.9 | before (the|this|that|my|your|last|it) (update|upgrade|change|changes|version|would|was|used)
0.8 | (earlier|previous|older|prior|past|old) (version|versions|release|releases|format|layout)
0.9 | (but|and|so) now (it|i|the|they|there|all|every|when|my|we|you|only|have|is|a|in|if|with)
0.8 | ^ now (it|i|the|they|there|all|every|when|my|we|you|only|have|is|a|in|if|with|that)
0.6 | now (it|i|the|they|there|all|every|when|my|we|you|only|have|is|a|in|has|shows|opens|to)
0.7 | (with|since|after|in|from|following) (the|this|your|a|my) (latest|last|recent|newest|new)
0.7 | since (updating|upgrading|version|v|firefox|thunderbird), after (updating|upgrading|version)
0.7 | (latest|last|recent|newest|new) (update|version|upgrade|release|change|changes|redesign)
0.8 | (no|not any) longer (have|able|there|available|an|see|possible|shows|appears|appear|lets|let)
0.9 | (has|have|had|was|were|been|got|is|are) (changed|moved|switched|replaced|removed|altered)
0.9 | (you|they|mozilla|firefox|google) (changed|removed|moved|took|decided|replaced|made|got)
0.9 | where (did|has|have|is) (the|my|all|it) _ (go|gone), what happened (to|with)
0.9 | why (did|do|does|would|has|have|is|are|was|were) (you|they|it|the|firefox|there|my|this)
0.9 | why (am|was|were|have|do) (i|we) (being|get|getting|have|been|charged|seeing)
1.0 | (did|do|have) not (authorize|authorise|recognize|recognise|request|remember|approve|sign)
1.0 | never (authorized|authorised|requested|signed|agreed|wanted|made|had to|asked)
0.8 | (charged|charge|charges|billed|deducted|debited), (extra|additional|hidden|unknown) (fee|fees)
0.8 | overcharged, (exchange|conversion) rate, unauthorized, unauthorised, surcharge, cost more
0.7 | (have|has|having|had|need) to (click|scroll|press|manually|log|sign|enter|pay|watch|go|keep)
0.7 | (have|has|having|had|need) to (buy|purchase|subscribe|upgrade|create|download|reset|re|do)
0.7 | every (single|time), each time
0.7 | (constantly|always|continually|continuously) (asks|showing|get)
0.8 | (even|although) (though|when|if|after) (i|it|the|my|they|we|there|you)
0.8 | despite (the|my|having)
0.7 | (defaults|default) (to|is|setting|settings|search|browser|font|view), by default, as default
0.8 | (automatically|auto|suddenly|randomly) (open|opens|play|plays|update|updates|updated|change)
0.8 | (automatically|auto|suddenly|randomly) (changes|adds|added|start|starts|switch|switches|go)
0.8 | without (me|asking|consent|prompting|approval|authorization|knowledge|wanting|even|being)
0.8 | (took|taken|taking|takes|took it) (over|away|up), (hijacked|hijack|redirects|redirected)
0.9 | stop (showing|making|sending|asking|pushing|forcing|changing|playing|trying|messing|with)
0.9 | (sick|tired) of, fed up, can not stand, (drives|driving|drive) me, what is the point
0.9 | no reason
0.8 | (redesign|redesigned|ruined|ruins|ruin|worst|clunky|cluttered|distracting|obnoxious|invasive)
0.8 | (dislike|disliked|detest|despise|frustrating|frustrated|unhappy|unacceptable|nuisance)
0.8 | (new) (theme|menu|style|icons|icon|ui|tab|toolbar|feature|logo|font|look), (was|were) better
0.7 | (go|went|switch|switched|revert|return|returned|change|changed) (back|to the old|from)
0.8 | (turned|turns|turning|changed|changes|switched|switches|set|sets|reverts) (itself|my|the|from)
0.6 | (too|so|way too) (bright|dark|often|wide|slow|hard|long|complicated|intrusive|far|high|tiny)
0.7 | only (lets|allows|allowed|let|allow|gives|gave|have|get|see|option|plays|one|a few|some)
0.7 | limited (to|number|selection), (limit|restricted|restriction|restrictions|restrictive) (of|on)
0.8 | can not (choose|turn|disable|customize|customise|opt|skip|hide|unsubscribe|cancel|select)
0.7 | (no|any) (way|option|ability) to (turn|disable|remove|hide|get rid|change|skip|opt|stop)
0.7 | (commercials|advertising|adverts|spam|subscription|premium|permissions|permission|privacy)
0.7 | (notification|notifications|popup|prompt|prompts|nag|banner|tooltip) (every|keeps|all|that)
0.7 | should not (have|be|need|require|happen), supposed to be, (not what|thought) (i|it|this|we)
0.7 | (expected|expecting|surprised|surprise|surprising|weird|strange|odd|oddly|strangely)
0.8 | (but|and) it (shows|opens|goes|says|asks|wants|changes|plays|takes|sends|adds|still|does)
0.5 | rather, weirdly, unnecessary, pointless, silly, clutter, permanently, everytime, constantly
0.8 | (appears|shows|showing|appear|opening|opens|displayed|popping|pops) (up|in a new|every|when)
"""

_BROKEN: Final = """
1.0 | (never|has not|have not|did not) (came|come|arrived|arrive|showed|shows|happened|happens|sent)
1.0 | (never|not) (received|delivered|processed|recognised|recognized|saved|updated|synced|reached)
0.9 | locked out, (can not|could not) (get|log) (in|into|back|on), (logs|logged|locks) (us|them|me)
0.9 | (could|can) not be (processed|completed|found|loaded|saved|opened|reached|verified|sent)
0.9 | (comes|came|arrives|arrived|shows|sent) (twice|double)
0.9 | (charged|billed|paid|appears|sends|ordered) (twice|double)
0.9 | (returns|returned|throws|gives|gave) (an error|404|500|nothing|429|403)
0.9 | (shows|says|get|getting|got) (an error|404|500|nothing|429|403)
0.9 | (cuts|cut|stops|stopped|ends|breaks|dies|died) (off|at|after|when|on|halfway|the|for)
0.9 | truncated
0.9 | (rows|orders|items|messages) (are|is|were|went|have) (missing|gone)
0.9 | (mails|emails|files|photos|data) (are|is|were|went|have) (missing|gone)
0.9 | (is|are|was|were|went|been|still|all) (down|dead|gone|blank|empty|garbled|duplicated|wiped)
0.8 | (lost|losing|loses|lose) (the|a|our|two|three|sales|orders|customers|hours|work|messages)
0.8 | (still|says|said) (nothing|invalid|expired|no), nothing (came|comes|shows|appears|else|in the)
0.8 | (wrong|incorrect) (price|total|currency|country|address|number)
0.8 | (wrong|incorrect) (size|file|tax|customer|item|names)
0.8 | (out of|not in) sync, off by one, (does|do|did) not (match|add up|agree|tally|reduce|arrive)
0.8 | (eats|ate|drops|dropped|swallows) (the|my)
0.8 | (swallowed|mangles|mangled|overwrites|overwrote|wipes) (the|my)
0.8 | (hangs|spins|spinning|stalls|stalled|timing|timeouts|timeout) (out|on|at|forever)
0.7 | (had|have) to (redo|retype|repeat|do it by hand|start over|start again|refund), by hand
0.7 | workaround
0.7 | (exception|traceback|regression|defect|defects|flaky|intermittent|intermittently|unreliable)
0.7 | (expected|actual) (behavior|behaviour|result|results), steps to reproduce, reproducible, repro
"""

_PRAISE: Final = """
1.0? | (lovely|brilliant|great|excellent) (work|job|stuff|touch)
1.0? | (nice|good|superb|wonderful|fantastic) (work|job|stuff|touch)
1.0 | (thank you|thanks) so much, (bit|word|note) of (praise|thanks)
1.0 | just (wanted|want) to say thank
1.0? | (saves|saved|saving) (me|us|my|our|time|hours|an hour)
1.0? | (pleasure|joy|delight|breeze) to (use|work)
0.9? | (happy|pleased|delighted|thrilled|impressed|satisfied) (with|customer|about|that|by)
0.9? | game changer
0.9? | (best|greatest) (app|thing|feature|update|tool|browser|service|program|part)
0.9? | appreciate (the|that)
0.8? | (works|working|worked|runs) (perfectly|fine|well|great)
0.8? | (works|working|worked|runs) (smoothly|nicely|like a charm|as expected)
0.8? | (love|like|enjoy) (this|that|how|using|it|your|my|being)
0.8? | (clean|neat|slick|sweet|intuitive|smooth)
"""

CUES: Final = {
    Kind.BROKEN: _BROKEN,
    Kind.UNEXPECTED: _UNEXPECTED,
    Kind.REQUEST: _REQUEST,
    Kind.PRAISE: _PRAISE,
}
