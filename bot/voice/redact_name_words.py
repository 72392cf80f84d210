"""Words that decide whether a capital letter begins a name."""

from __future__ import annotations

from typing import Final

from bot.voice.wordset import word_set

PARTICLES: Final = word_set(
    "de da do dos das del della di du la le van von der den ter ten bin ibn al el af av zu zur y e",
)
"""Small words inside a name, never at its start or end."""

COMMON: Final = word_set(
    "abbot account admin all also amber an and angel any app apple april art august autumn baker",
    "ball bank banks bar barb baron basil bass be bell berry best big bill bird bishop black",
    "board boards bob bond box bright brown bucks bug bush can card cards carol case cash",
    "champion chase cherry chip christian church client cliff coal code cook cotton crane cross",
    "crystal cup customer daisy dale data dawn day dean demo desk dick do don down drake drew",
    "duke dusty earl east else end eve even ever export faith field fields file files filter",
    "first fish foot for forest form forms fox frank free friday from gates gene ginger glen go",
    "gold good grace grant gray green grey guest guy hall hand happy hawk he head heath heather",
    "help here high hill holly home hope house how hunt hunter import in info into iron is it ivy",
    "jack jade josh joy june just key keys king knight lake lamb lane large last light lily link",
    "links list lists little lock log login long love low mail major manager many march mark",
    "marks mason max may me merry miles misty monday moon more most much my new next nick no",
    "noble norm north note notes now ocean off office ok old olive on one only order orders other",
    "out over owner page pages parish park pat pearl peg penny pike pope power powers price",
    "prices prince rain ray read reason reed rice rich river rob rocky rose rosemary royal ruby",
    "rush rusty sage sales same search service sharp she shell short silver sky small snow so",
    "some song south spring staff star steel stone storm stormy street strong such sue summer sun",
    "sunny support swift sync table task tasks team temple test that the then there these this",
    "those three true two under up us user users van very victor view violet wall walls ward way",
    "we web well west what when where which white who why will winter wise with wolf wood woods",
    "yes you young",
)
"""Ordinary words that are names as well: masked only where the place says that it is a name."""

SELDOM: Final = word_set(
    "christian ward knight fox hunt bush woods bishop pope duke earl baron drake crane wolf",
    "lamb hawk",
    "pike amber crystal jade ruby pearl ivy lily daisy violet eve heather holly carol rosemary",
    "ginger",
    "basil hunter mason baker dean drew chase nick josh jack gene barb norm sue peg barron prince",
    "abbot parish berry cherry olive glen heath van bob don pat rob ray royal gates banks bond",
    "drew",
    "spring summer rice fish bass bird penny angel hope faith joy rose lane hill wood walker",
)
"""Those of them that tickets seldom hold with a capital, unless they name somebody."""

NO_NAME: Final = word_set(
    "a about account accounts address admin advance advance, after again again, all alla alle",
    "allemaal also always am amazing amazon american an analyst and android another any anybody",
    "anyone anything api app apple  are as assistant at att attached auf  awesome",
    "basic be because been before being berlin best billing bitte both british buenas business",
    "but button by can can't canada cannot cant card cards case ceo cfo che checkout cheers",
    "chrome client clients colleague colleagues community company con corp could csv cto",
    "currently customer customers damen danke das dashboard data date dear december demo den",
    "department der des det dev developer developers devs did die director do does doesn't don't",
    "done dutch e each edge een ein eine either el email en engineer engineering english",
    "enterprise equipe equipo error es et ett eu europe european ever every everybody everyone",
    "everyone's everything excel export feature features february few file files firefox first",
    "five folk folks for forward forwarded four france free french friday friend friends from fw",
    "fwd für galera gentlemen german germany get getting github gitlab gli gmail gmbh going good",
    "google got gracias great guys had happy has have having he head hello help her here herren",
    "het hey him his hopefully how however html http https hubspot i i'd i'll i'm i've ich if ihr",
    "il ill import in inc inte intercom invoice ios ipad iphone is isn't issue it it's italian",
    "italy its jag january je jest jira json july  junior just kind kundendienst",
    "kundenservice la ladies las last le lead les let linux llc lo login london looking looks los",
    "lot lots ltd mac macos madam madame mail manager many  maybe me message messieurs met",
    "microsoft might mit mobile monday monsieur more most much must my name neither never new ni",
    "nicht nie niet no nobody nobody's non none not note notes nothing nous november now number",
    "não o och october oder of off ok old on once one only ops or order original os ou our out",
    "outlook p.s page pages para paris password paypal państwo pdf people perhaps pessoal",
    "phone plan please polish por portuguese pour premium pro product production ps que quite re",
    "recently regarding regards report reports right safari sales salesforce sandbox saturday sdk",
    "search see seems senior sent september service settings señores shall she sheets shopify",
    "should sie sin since sincerely sir sirs się slack so some somebody someone something sorry",
    "spain spanish sql staff staging still stripe subject such suddenly sunday support",
    "support-team sure swedish team teams test testing than thank thanks that that's the their",
    "them then there therefore these they this those though three thursday ticket to todas today",
    "todos tomorrow too tous tout toute trial tried trying tuesday tutti two uk um uma un una",
    "unable und under une unfortunately until up update url us usa user users using version very",
    "via von voor vous vp warm warning was we web wednesday were what what's when where which",
    "while who whoever whom why will windows wir with without won't word worked works would xml y",
    "yes yesterday yet york you your yours zendesk zespół zoom zu zusammen équipe",
)
"""Words that are no part of a name wherever they stand."""
