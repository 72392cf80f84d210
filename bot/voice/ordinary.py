"""Ordinary English words, so that a misspelt feature name is told from a word that means itself.

"Expert" is one letter from "export" and still not a misspelling of it. The words (four letters
and more, base forms) are the common ones of public support questions; their provenance stands
in NOTICE. Inflected forms are judged by their base. Rarer words stand in english_words.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from bot.voice.wordset import word_set

_WORDS: Final = """
abandon ability able about above abroad abruptly absence absent absolute abuse accent accept
acceptable access accessible accident accidental accomplish according account accumulate accurate
accustomed acer achieve acquire acrobat across action activate activation active activity acts
actual adapt adaptive addition additional address addressee adjacent adjust adjustment admin admit
admittedly adobe adult advance advantage advertise advice advise aesthetic affect afford afraid
after afternoon afterwards again against agent aggressive agree agreement ahead alan alarm alas
albeit album alert algorithm alias align alive alle allow almost alone along alongside alpha
alphabetize already alright also alternate alternative although altogether alway amazing amazon
amend america american amiss among amount analysis analytics ancestry ancient andrea andrew android
andy angle angry angular animated animation announced annoy annoyance annual anonymous another
answer anthony anti antivirus anybody anyhow anyone anything anyway anywhere apache apart apologise
apologize apparent appear appearance append apple applicable application apply appointment
appreciate approach appropriate approval approve april arbitrarily arbitrary arch archive area
argument arise arose around arrange arrangement array arrival arrive arrow article artist ascending
aside aspect assets assign assist assistance assistant associate association assume assumption
assure attach attachment attack attempt attention attitude attribute auction audio august australia
australian austria author authority authorize auto automate automatic avail available avast average
avoid aware away awesome awful awhile azure back background backspace backup backward badge baffled
baffling baiting balance ball bandwidth bank bare barry base bash basic basically basis basket batch
battery bear beat beautiful became because become been before beforehand begin begun behalf behave
behavior behind believe bell belong below beneath beneficiary benefit beside best beta better
between beyond biggest bill billion binary bind bing bios bird birth birthday bitter bizarre black
blacklist blame blank blend blew blind bloated blob block bloody blue blur blurry board body bogus
bold book bookmark boot border boring boss both bots bottom bought bounce bound boundary brain
branch brand brave breach break breeze brian bridge brief bright bring british broke broken brother
brought browse bubble bucket budget buffer buggy build built bulk bullet bullshit bunch bundled
buried business busy button bypass cable cache calendar calender call came camera campaign canada
cancel cannot canon canonical cant canvas capability capable capacity capital capitan capture care
careful caret carry cart carton case cash cast catalina catch category caught cause cell center
central centre certain certificate certify chain challenge chance change channel character charge
charity charles charm chart chase chat check cheek cheese cheque child children china chinese choice
choose choppy chose chosen chris christ christian christmas chrome chromium chunk cinnamon circle
cisco city claim clarify class classic clean cleanup clear clever click client clip clipboard clock
clone close cloud club clue clueless clumsy clutter code coherent coincidence colander collapse
colleague collect collection college color colorful colour column combination combine combo come
comfortable command comment commercial common communicate community compact companion company
compare comparison compatible complain complaint complete completion complex compliant component
compose composition compositor compress compression compute concept concern concurrent condensed
condition conduct conference confidence configure confirm conflict confused confusing confusion
connect connection connexion consent consequence consider consistent console constant consult
consume contact contain content context continue continuous contract contrast contribute contributor
control convenience convenient conversion convert convince convoluted cookie cooking cool cope copy
copyright core corner corporate corporation correct correction correspond corrupt corruption cost
could count countless country county couple course cover coverage cracker cramped crap crappy crash
crawl crazy create creation creator creature credit cricket criteria critical crome cross crowded
crucial culprit cumbersome cure curious currency current cursor curve custom customize cycle
cylinder cypher daddy daily damage damn dangerous daniel dare dark dashboard dashed data database
date daughter dave david days deactivate dead deal dealt dear death debit decade december decent
decide decision decline decode decrease decrypt dedicated deducted deep default defect defender
define definitely definition deflate defunct delay delete deletion deliver delivery dell demand
demonstrate denmark dennis density deny department depend dependent deploy deployment deport deposit
depth descending describe description design designate desire desk desperate despite destination
detach detail detect detection determine detest develop development device diagnose diagnostic
diagonal dial dialogue diamond dice dictionary didnt differ difference different difficult
difficulty digit digital dilemma direct direction directory disable disappear disaster disc discard
disconnect discord discount discourage discourse discover discovery discussion disjoint disk dislike
dismiss display disposable dispute disruptive distance distinct distorted distracting distributor
disturbing ditch dock doctor document does doesnt dollar domain donate donation done dont door dose
double doubt doug down downgrade downward dozen draft drag drastic draw dream drill drive driven
drop dual duck dumb dummy dump dupe duplicate duplication duration during dutch dynamic each earlier
earliest early earth ease easier easiest easily easy eating eats economic edge edit edition editor
edward effect effective efficiency efficient effort eight either elaborate electronic element
eliminate else elsewhere email embed emergency employee employer empty enable enclosed encounter
encrypt encryption endless endpoint energy enforce engage engine english enhancement enjoy enlarge
enormous enough ensure enter enterprise entire entirety entity entry envelope environment envy equal
equipment equivalent erase eric erratic erroneous error especially essential establish estate eudora
european even event eventually ever evermore every everybody everyday everyone everything everywhere
evidence evidently evil evolution exact example excel excellent except exception excessive exchange
excited exclamation exclude exclusive excuse executable execute execution exhausted exhibit exist
existence existent exit expand expansion expect expectation expense experience experiment expert
expiration expire explain explanation explanatory explicit exploit explore export expose express
expression expunge extend extension extensive external extra extract extreme face facility fact
factor factory fail failure fair fake fall fallback false falter familiar family fancy fantastic
fashion fast fatal father fault faulty favor favorite fear feasible feature february federal fedora
feed feedback feel fell felt fetch fiat fidelity field fifth fight figure file fill film filter
final finance financial fine finger finish fire firebox firewall first fission fitter five fixable
flag flash flat flaw flawless flexible flicker flip float flow flush focus folder folks follow font
footer forbidden force forcefully forecast foreground foreign forever forget forgive forgot
forgotten form format forth fortunately forum forward found foundation four fourth fraction frame
framework frank fraud fraudulent freaking free freedom freeze french frequency frequent fresh friday
friend from front frontier froze frozen frustrating frustration fuck full fully function functional
fund fundamental funny furious further furthermore future gadget gain galaxy gallery game garbage
gary gatekeeper gateway gather gave gear gecko geek gender general generate generation generic
genuine george german gesture ghost gift give given glad glance glass glitch global globe gnome goal
goes golder gone gonna good goodness google gotten government grab grade gradually grant graphic
graphical grateful gray great greatest greek green greg grey grid grocery ground group grown guard
guess guest guidance guide guidelines habe habit hack hair half halfway hall hamburger hand handful
handle handshake handy hang happen happily happy hard hardware harm harmful hash hassle hate have
haven havent havoc head headache headless headline health heap hear hearts heating heavily heavy
hebrew heck height held hell hello help helpful hence here hesitant hibernation hidden hide
hierarchy high highest highlight hill himself hint historic historical history hole holiday home
honest honey hoops hope hopeful horizontal horrible hospital host hotel hour house hover howdy
however huge hulu human hundred hung hunt hurry hurt husband hyper ical icon idea ideal identical
identifier identify identity idiot idle ignorance ignorant ignore illegal illegible illustrate image
imagine immediate impact impart implement import importance important impossible impressed
impression improperly improve improvement inability inaccurate inactive inadequate inbound inbuilt
inch incident include incognito income incomplete incorrect increase incredibly indeed independent
index india indicate indication indicator individual ineffective inefficient infected infection
infinite inform information infuriating initial initiate input inquiry insane inscribe insecure
insert inside insight insist inspect inspector install instance instant instead institution instruct
instruction intact integrate integration integrity intend intent intention intentional interact
interaction interactive interbank interest interface interfere internal internet interpret interval
into intrusive intuitive invalid invasive investigate invisible invitation invite invoice invoke
involve irrelevant irritating isolate issue italian italic item iteration itself jack jacket january
japanese jargon java jeff jerky jerry jest john join joke jpeg july jump june junk just keep kept
kernel kevin keyboard keyword kick kids kill kind kindle kingdom knew know knowledge known korean
label lack lady land landlord lang language large largest larry last late latest latitude laugh
launch layer layout lazy lead leak leaning leap learn least leave left legacy legal legible legit
legitimate lender length less letter level library life light lightning like likewise limit
limitation line linear link list listen lite literate litter little live load local locale locate
location lock logan logic logical login logo long look lookup loop loose lose lost lots loud love
loyal luck luckily lucky lunch machine macintosh madam made madness magazine magic magically mail
mailbox main maintain maintenance major majority make malformed malfunction malicious manage
manageable management mandatory manger manifest manual many mapping march margin mark market married
mask mass massage massive master match mate material matt maximize maximum maybe mean meaningless
meant meantime meanwhile measure mechanism media medical medium meet meine member membership memory
mental mention menu merchant merely merge mess message messenger meta metal method mich michael
micro microphone middle midnight might migrate migration mike mildly million mime mine minimal
minimize minimum minor mint minute mirror misleading miss mistake mistaken mitigate mixture mobile
mobility modal mode model modem moderator modern modify module moment momentarily monday money
monitor monterey month moon more moreover morning mortgage most mother motherboard mouse mouth move
movement movie much multiple muscle music must mute myself mysterious mystery nach nada name narrow
nasty national native natural nature navigate navigation navigator near nearby nearest necessarily
necessary need needless negative neither neon nervous network never newest news newsletter newspaper
next nice nichts nick nickname night nightmare nobody noise none nonexistent nonsense nope normal
nose note notebook nothing notice noticeable notify nova november novice nowadays nowhere nuisance
null number numeric numerical numerous nuts object obliged obscure observe obsolete obtain obvious
occasion occasional occur occurrence octet october office official offset often okay older once ones
ongoing online only onto onwards open opera operate operation operational opinion opportunity
opposed opposite optimum option optional orange order ordinal ordinary organise organize orientation
origin original other otherwise ought outage outbound outbox outcome outdated outgoing outline
outlook output outside over overall overcome overflow overlap overlay overnight override overseas
oversight oversized overview overwrite pack package packet padlock page paid pain painful painting
pair pale pane panel paper para paragraph parallel param parameter parent parental parking parse
part partial participate particular partition partner party pass passage passport password past
paste pastor patch path pathetic patience pattern paul pause pavement pavilion payment peace
peculiar peer pending people percentage perfect perform performance perhaps period periodic
permanent permission permit perplexed persist persistent person personal pertinent phantom phase
phenomenon phil phone photo phrase physical pick picket picture piece pile pinch ping pink pinpoint
pipe pita place placeholder placement plagued plain plan planting plasma platform play playback
please plenty plug plus pocket point pointless policy polish political poof poor popular populate
port portable portal portion position positive possibility possible possibly post postfix potential
pound pour power powerful practical practice preceding precious precise predictor prefer preferably
preference prefix premium prepare prescribe present preserve preset press presumably presume pretty
prevent preview previous price primarily primary prime principal print printable prior prioritize
priority privacy private probably problem problematic procedure proceed process processor prod
produce product productid production productive prof profanity profile profit program programme
progress project promise prompt proof proper property prophet propose protect protection protocol
proton prove proven provide provoking proxy public publish pull pulldown purchase pure purge purple
purpose push puzzle python qualify quality quantity quantum query question queue quick quit quite
quot quota quote racket radio raise random randy range rapport raspberry rate rather ratio reach
react reactivate read readability readable readily ready real reality realize reappear rearrange
reason reasonable reasonably rebuild rebuilt recall receipt receive recent reception recheck recipe
recipient recognize recommend reconnect record recordable recover recoverable recovery recreate
rectangle rectify recurring recycle redesign redirect redo reduce redundant reenter reference
reflect refresh refund refuse regain regard regardless region regional register registry regression
regret regular reinstall reinstate reject relate relative relaunch relaxed relay release relevant
reliability reliable reliably relief reload reluctant rely remain remainder remedy remember remind
remote removal remove rename render renew rent reopen reorder reorganize repair repeat repeatable
replace replacement replicate repopulate report repository represent reproduce reputable reputation
request require requirement research resend resent reserved reset reside resident resize resolution
resolve resort resource respect respective respond response responsible responsive rest restart
restaurant restore restrict restriction result resume retain retention retina retired retrieve retry
return retype reveal reverse revert review revision revisit rewind rewrite rich richard rick ride
ridiculous right ring risk risky road roaming robert robot robust robustness rock rocket roger
roland roll rollback roman room root rotating roughly round route routine rubbish ruble rule russia
russian sacred safari safe safety said sake salary sale same sample sandbox sane satellite satisfied
saturday save savvy scale scam scan scenario schedule scheme school science scope score scott
scratch screaming screen screw script scroll scrounger seamless search searchable searing seating
second secondary secret section secure security seek seem seen seit seldom select selectable
selection selective selenium self sell semaphore send senior sense sensitive sent sentence separate
separation separator sept september sequence serial series serif serious serve service session
settle setup seven sever several severe shade shadow shall shame shape share sharp shaw shed sheet
shell shield shift ship shoot shop short shorten shot should show shown shrink shuffle shut shutdown
sich sick side sierra sigh sight sign signal signature significant silent silly similar simple
simplicity simplify simply since sincere sind single site sitter situation size skip slack slash
sleep slide slight slipping slow slowness sluggish small smart smooth snag snap snapshot social
socket soft software sold solid solitaire solution solve some somebody somehow someone someplace
something sometime someway somewhat somewhere song soon sorry sort sound source south space spam
span spanish spare spawn speak spec special specialist specific specify spectrum speech speed spell
spend spent spike spin spite splash split spoke spoken spooler sporadic sports spot spread squad
square stability stable stack staff stage stamp stand standard star starch start state statement
static station statistics status stay steal steam stefan step steve stick stickers sticky still
stock stole stolen stood stop storage store story straight straining strange strategy straw stream
street stress stretch strict string strip strong structure struggle stubborn stuck student studio
study stuff stupid stutter style subject submission submit subscribe subsequent subset subtitle
succeed success successful succession such suck sudden suffer sufficient suffix suggest suggestion
suitable suite summary sumo sunday super supernova supplier supply support suppose suppress sure
surf surface surfaceless surprise survey suspect suspend suspicion suspicious swap swear swedish
swift swipe switch symbol sync synch synchronize syntax system table tablet take taken talk tall
target task taste teach team tearing tech technical technology techy tedious telemetry telephone
tell temp template temporarily temporary tend tendency term terminal terminate terminology terrible
terribly terrify test text texture than thank thankfully that their them theme themselves then there
thereafter therefore these they thick thickness thin thingy think third this thorough those though
thought thousand thread threat three through throughout throw thrown thru thumb thumbnail thunder
thursday thus tick ticket tied till time tiny tipping tired tiresome title toad today together
toggle token told tomorrow tonight tony took tool toolbox topic topping torrent total touch tout
toward town trace track traditional traffic trail train transaction transfer transient transition
translate translation translator transparent transport trash travel tray treat tree trend trial
triangle trick trigger trip triple trouble troublesome true truncated trust tube tuesday turn
tutorial tweak tweet twenty twice twitch twitter type typical typo ugly ultimate unable unaffected
unavailable unaware unblock uncaught unchanged uncheck unclear undefined under underline underlying
underneath understand understood undo undone undoubtedly unexpected unfamiliar unfortunate
unfriendly unhappy unhelpful unhide uniform unify uninstalled union unique unit universal university
unknown unless unlike unlimited unlink unlock unnecessary unneeded unpack unpin unplugged unread
unreadable unrelated unreliable unsafe unsent unsigned unstable unsupported unsure until untrusted
unusable unused unusual unverified unwanted upcoming update upgrade upload upon upper upset upside
upwards urgent usability usable usage used useful useless user usual utility utilize utterly
vacation vague vain valid validate validation valuable value vanilla vanish variable variety various
vary vast vault vendor verify vers version versus vertex vertical very viable vibrant vice victim
victory video view viewable violation virgin virtual virus visa visibility visible vision visit
vista visual vital vocabulary voice volume volunteer wait wake walk wall wallet wallpaper wanna want
warn washington wasnt waste watch water wayne ways weak wearing weather weave wednesday week weekend
weight weird welcome well went were west what whatever whatnot whatsoever wheel when whenever where
whereas whereby wherein wherever whether which whichever while whilst white whoever whole whom whose
wich wide widen width wife wild will window winter wipe wird wired wireless wisdom wise wish witch
with withdraw withdrawal withdrawn within without wizard woke wonder wonderful wonky wont word work
workable workplace workshop world worry worse worst worth worthless would wrap write written wrong
wrote yahoo yeah year yellow yesterday york your yourself zero zone zoom
"""

ORDINARY: Final = word_set(_WORDS)
_SHORT_VERB: Final = re.compile("[^aeiou]+[aeiou][^aeiouwxy]")
_ENDINGS: Final = ("s", "es", "ed", "d", "ing", "ly", "er", "r", "ers", "ings")


def is_ordinary(word: str) -> bool:
    """Whether a word, or the word that it is a form of, means itself in everyday English."""
    return word in ORDINARY or any(base in ORDINARY for base in _bases(word))


def is_english(word: str) -> bool:
    """Whether a word of five letters or more, or what it is a form of, stands in a dictionary.

    Names count, so that "Cooke" is not taken for a slip in "cookie".
    """
    if not word.isascii():
        return False
    known = _english()
    return is_ordinary(word) or word in known or any(base in known for base in _bases(word))


@cache
def _english() -> frozenset[str]:
    """Read at the first misspelt word: most commands need none of it."""
    text = files(__package__).joinpath("english_words.txt").read_text(encoding="ascii")
    return word_set(*(line for line in text.splitlines() if not line.startswith("#")))


def _bases(word: str) -> Iterator[str]:
    for ending in _ENDINGS:
        if not word.endswith(ending):
            continue
        base = word[: -len(ending)]
        # "Shiping" is a slip: a short verb doubles its last letter.
        if ending[0] not in "ei" or ending == "es" or not _SHORT_VERB.fullmatch(base):
            yield base
        yield base + "e"
        if base.endswith("i"):
            yield base[:-1] + "y"
        if len(base) > 3 and base[-1] == base[-2]:
            yield base[:-1]
