"""English phrases that tell what a customer's sentence reports, and how much each of them says.

A line is `WEIGHT | phrase, phrase, ...`; a sentence has a kind from a sum of 1 on. `(a|b)` are
alternatives, `_` is any one word. Contractions are spelt out before ("doesn't" is "does not")
and accents are folded. A phrase on a line with `?` counts only where it is not denied or wished
for: "no error", "would be great". A longer phrase hides the shorter ones within it.

Phrases and weights were chosen by hand, with counts from the openly licensed part of a labelled
set (see NOTICE); nothing is fitted to single texts.
"""

from __future__ import annotations

from typing import Final

from bot.reports import Kind

_BROKEN: Final = """
1.0 | (does|do|did|is|are|was|will|would|has|still) not (work|working|worked), stopped working
1.0 | (stops|stop|quit|quits) working, no longer (works|work|working|opens|loads|shows|play|load)
1.0 | not working, can not work, nothing works, none of _ work, never works, never worked
1.0 | (does|do|did|will|would|still) not (load|open|start|play|sync|respond|show|display|connect)
1.0 | (does|do|did|will|would|still) not (save|download|send|receive|update|print|appear|launch)
1.0 | (does|do|did|will|would|still) not (install|scroll|render|refresh|accept|recognize|function)
1.0 | (does|do|did|will|would|still) not (go|come|get|remember|keep|let|allow|see|sign|log|import)
1.0 | can not (log|sign|login|access|open|send|receive|connect|download|play|load|view|watch|save)
1.0 | can not (print|install|delete|use|upload|update|import|export|sync|type|click|verify|restore)
0.9 | can not (get|see|even|add|read|edit|move|copy|paste|search|make|receive|select|enter|start)
0.8 | can no longer, could not (open|load|connect|log|get|be|access|send|install)
0.8 | (am|are) unable to
0.8 | unable to, is unable, not able to, has not
0.6 | can not, will not, (does|do) nothing
0.5 | does not, did not, has not, have not, is not, not, fix, cannot be
0.8 | has not (arrived|updated|been|shown|gone|loaded|synced), have not (received|arrived)
1.0 | not responding, unresponsive, nothing happens, nothing happened, does nothing, refuses to
1.0 | fails to, failed to, (it|just|always|keeps) (fails|failed|crashes|crashed|freezes|hangs)
1.0 | (blank|white|black|grey|gray|empty) (screen|page|window|tab), timed out, times out
0.0 | times out of
1.0 | (are|is|has|have|all) (disappeared|vanished|gone), lost (all|my|everything), data loss
0.9 | (is|are|were|was|still) missing, having (problems|problem|issues|trouble|difficulty)
0.9 | no (sound|audio|video|picture|image|images|connection|response), charged (twice|double)
0.9 | takes (forever|ages|minutes|hours), long time to
0.9 | (very|so|too|really|extremely|painfully) slow
0.9 | (keeps|kept|keep) (crashing|freezing|loading|failing|stopping)
0.9 | (keeps|kept|keep) (disconnecting|spinning|buffering)
0.8 | (logs|logged|kicks|kicked|signs|signed|boots|throws) me out, only (shows|works|plays|loads)
0.8 | please fix, needs (fixing|fixed), fix (this|it|the|your)
0.8 | (was|is|been|got) (declined|rejected)
0.7? | (problem|problems|trouble|issue|issues) (with|when|since|after|in|on)
0.7 | still pending
0.7 | not found
0.7 | wrong (amount|page|result|results|date|time|password|one|order|language), goes (blank|black)
0.6 | suddenly, fix
0.5 | (no|any) longer, sometimes, keeps, since the (last|latest|update|upgrade),
0.7 | randomly, all of a sudden
0.5 | tried, reinstalled, restarted, reinstalling, restarting, every time
0.3 | since, after, when i, after the update, but
1.0? | crash, crashes, crashed, crashing, freeze, freezes, freezing, frozen, froze, hangs, hung
1.0? | stuck, broken, buggy, corrupt, corrupted, glitch, glitches, glitchy, laggy, lags, unusable
1.0? | disappeared, vanished, disappears, disappear, slowing, failure, outage, malfunctioning
0.8? | error, errors, fails, failed, failing, stopped, stops, slow, lost, denied, declined, broke
0.7? | bug, bugs, error message, error code, missing, timeout, lag, duplicated, duplicates, dead
0.6? | problem, problems, issue, issues, trouble, wrong, incorrect, incorrectly, invalid, slower
"""

_CONFUSING: Final = """
1.0 | how (do|can|could|would|should|might) (i|we|you|one), how to, how do, how does, how is
1.0 | how are
0.2 | how (do|can|could|would|should) (i|we|you) (fix|solve|resolve|repair|correct)
0.2 | how to (fix|solve)
0.2 | how to (resolve|repair|correct), how can this be (fixed|solved|resolved), what can i do
1.0 | where (is|are|can|do|did|does|should|would|to), is it possible, would it be possible
1.0 | (is|are) there (a|any|some|an) (way|ways|setting|settings|option|method|possibility)
0.8 | (is|are) there (a|any|some|an), is there, any way to, way to, how long, how (many|much)
1.0 | (can|could|do|may|must) i, am i (able|supposed|missing|doing|allowed)
1.0 | can (you|we) use
0.2 | can i (do|fix|please|not), do i (not|really)
1.0 | (can not|could not|unable to|not able to|impossible to|trying to) (find|figure|understand)
1.0 | (do|did|does) not (know|understand) (how|what|where|why|if|which), not (know|understand)
1.0 | not sure (how|where|which|whether), no (idea|clue) (how|what|where|why|if)
1.0 | figure out, make sense of, makes no sense, (wondering|wonder|know|tell) (if|how|whether|where)
1.0 | confused, confusing, confuses, unclear, complicated, counterintuitive, bewildering, puzzled
1.0 | (hard|difficult|tough|tricky) to (find|use|understand|figure|navigate|see|follow|get)
1.0 | not (clear|intuitive|obvious|straightforward|explained), non intuitive, unintuitive
1.0 | user unfriendly
0.8 | what (is|are|does|do|did|was|would|should|if) (the|this|that|these|a|i|it|my|they)
0.8 | what happens, what does _ mean
0.5 | please advise, not sure (what|if), should i, know if
0.8 | (please|someone|anyone|you) (explain|clarify|tell), step by step
0.8 | instructions (on|for|to)
0.7 | does (it|this|the) (support|accept|offer|allow), do you (support|accept|have|offer|know)
0.7 | when (will|can|do)
0.6 | (want|like|need|trying|try) to (know|change|remove|set|disable|turn|stop|restore|move|find)
0.4 | what, where, which, who, why, if i, would like to, i need to, help me, advice, suggestions
0.2 | how, can you, any help, any ideas, i want to, please help
"""

_UNEXPECTED: Final = """
1.0 | without (my|asking|permission|consent|warning|notice|telling|any warning), by itself
1.0 | on its own
1.0 | (do|did|does) not (like|want|need|ask|expect|order|make), never (asked|wanted|used to)
1.0 | not what i
1.0 | (keeps|keep|kept) (asking|opening|popping|changing|prompting|coming|resetting|going|showing)
1.0 | (keeps|keep|kept) (reverting|telling|switching|turning)
1.0 | (keeps|keep|kept) (adding|sending|appearing|trying|defaulting)
1.0 | instead of, but instead, rather than, got rid of, took away, taken away
1.0 | (was|were|been) (removed|moved)
1.0 | (why|who) (did|would|have|has) (you|they|firefox|it), (has|have|was|been|is|are) changed
1.0 | charged (me|for|a|an)
0.9 | hate, hated, annoying, annoyed, irritating, annoys, intrusive, ugly, unwanted, awful, horrible
0.9 | ridiculous
0.9 | (too|so) (small|big|many|much|large|bright|dark|often|close|wide|expensive|long|short|narrow)
0.8 | (forces|forced|forcing|force) (me|us|you), (asks|asking|wants|making|makes) me, worse
0.8 | downgrade
0.8 | all of a sudden, for no (reason|apparent reason)
0.8 | automatically (opens|opened|changed|goes|starts)
0.7 | get rid of, (go|get|going|switch|change|revert|put) (it|back|them)
0.7 | old (version|layout|look|way|one|design)
0.7 | removed, moved, fee, fees, extra charge, replaced, unexpected, unexpectedly, changed
0.7 | disappointed, useless
0.6 | pop ups, popups, pop up, ads, ad, ads on, advertisements, automatically, limited, limit
0.6 | blocks, blocked
0.6 | used to, it used to, (i|we) (prefer|preferred), should not, opens (in|a|up), no option
0.6 | defaults to
0.6 | since the (last|latest|update|upgrade), after the (last|latest|update|upgrade)
0.6 | after (update|updating)
0.5 | suddenly, new (version|update|layout|look|design|interface|format), constantly, even though
0.5 | the default
0.5 | no longer, why (is|are|does|do), every time i, latest (version|update), all the time, always
0.5 | whenever
0.3 | now, have to, only, terrible, want (to|it), stupid, sucks, longer
"""

_REQUEST: Final = """
1.0 | i wish, wish (there|it|you|they|i|we|the|that|for|firefox), my wish, feature request
1.0 | enhancement request
1.0 | please (add|make|bring|give|allow|include|consider|support|provide|implement|let|put)
1.0 | please (create|offer)
1.0 | (please|pls|plz) (have|return|restore the|add back|enable|improve|update)
1.0 | can you (add|make|bring)
0.0 | please let (me|us) know, let me know
1.0 | would be (nice|great|good|helpful|cool|awesome|better|useful)
1.0 | would be (perfect|amazing|lovely|ideal|wonderful)
1.0 | would be (a|an|so|very|even|really|much) (nice|great|good|helpful|cool|better|useful|more)
1.0 | be nice (if|to)
1.0 | would (love|like) (to see|it if|a|an|the option|the ability|to be able|if|for|more)
1.0 | could you (add|make|please add), (can|could) you please (add|make|bring|include)
1.0 | bring (back|it|them|this|that), bring _ back, bring _ _ back, give us, give me back
1.0 | (we|you) should (add|have)
1.0 | there should be, (only|one) thing (missing|i would|that is missing), (i|we) would suggest
1.0 | i suggest, my suggestion
0.5 | should have
0.9 | should (allow|add|include|support|offer|let|provide|at least)
0.9 | should be (able|an option|a way|possible)
0.8 | needs (a|an|more|better|to have|to be), need (a|an) (option|way|button|feature|better)
0.8 | wishlist
0.8 | if (there|it|you|we|i|they) (was|were|could|had|would), if only
0.8 | (allow|let) (us|users|people), can we (have|get)
0.7 | more (options|features|control|choices|customization)
0.7 | (hope|hoping) (you|to see|they|for|that), suggestion
0.7 | there is no (option|way|button|ability|setting), why (is there no|not)
0.7 | (lack|lacks|lacking), improvement
0.6 | option (to|for), ability to, add (a|an|the|support), would prefer, please change, improve
0.6 | improvements, missing feature
0.5 | should, i want (a|an|the|my), add, feature, would like, could use, want, needs, bring
0.5 | increase, idea, instead
0.3 | please, would, if, more, could, option, options, support for, update, prefer, better
"""

_PRAISE: Final = """
1.0? | love, loved, loving, loves, awesome, amazing, excellent, wonderful, fantastic, brilliant
1.0? | superb
1.0? | enjoy, enjoying, impressed, handy, convenient, favorite, favourite, life saver, lifesaver
1.0? | outstanding
1.0? | great (app|product|work|job|way|tool|for|to)
1.0? | great (browser|service|feature|idea|selection|experience|site|program)
1.0? | easy to use, user friendly
1.0? | very (good|easy|helpful|useful|happy|nice|convenient|handy|pleased), easy to
1.0? | (i|really|also|do|we) like, works (great|flawlessly|wonderfully|beautifully)
1.0? | so (easy|good|helpful)
1.0? | highly recommend, recommend, must have, well done, good (job|app|work)
1.0? | nice (app|job|work|feature), easier
1.0 | so far so good, can not complain, no complaints, can not live without, keep up the
1.0 | could not be (happier|better)
1.0 | thanks for (the|this|making|creating|such|all)
1.0 | thank you for (the|this|making|creating|such|developing), two thumbs
0.0 | thanks for (the|any|your|all) (help|time|reply|support|assistance|answer)
0.0 | thank you for (the|any) (help|reply)
0.0 | in advance, would like, i like to, look like, looks like, something like, like this, like that
0.0 | like to
0.8? | great, perfect, useful, helpful, best, easy, fun, fast and, helps, pleased, satisfied
0.8? | thankful, works well
0.7? | nice, good, happy, simple, keeps me, allows me, (love|like) the, fast, quick, better than
0.7? | reliable
0.4? | cool, fine, works, well, thanks, thank you, always, everything, lots of, allows, favorites
0.4? | like, glad
0.5 | this app
0.3 | app, everyday, stars, friends, so much, definitely, free, ability to, no problem
0.3 | no problems, no issues
"""

ENGLISH: Final = {
    Kind.BROKEN: _BROKEN,
    Kind.CONFUSING: _CONFUSING,
    Kind.UNEXPECTED: _UNEXPECTED,
    Kind.REQUEST: _REQUEST,
    Kind.PRAISE: _PRAISE,
}
