"""What was forgotten, what is left of it where, and the proof: for the operator's terminal."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import words
from bot.blocks.kit import Block, bullets, context, header, line, message, ours, rich, theirs
from bot.reports import Forget, ForgetReport, Message, Proof

SIZE = 9_000
_MOST_REFUSED = 20
_WHOSE = {
    Forget.CUSTOMER: "of this customer",
    Forget.ACCOUNT: "of this account",
    Forget.TICKET: "by this number",
}


_SOUGHT = {
    "keys": "key",
    "numbers": "ticket number",
    "links": "link",
    "phrases": "phrase",
    "words": "rare word",
}


def preview(report: ForgetReport) -> Message:
    """What would go; nothing has been removed."""
    tickets = report.counts.get("tickets", 0)
    if not tickets:
        return message("Nothing to forget", [header(_nothing(report)), _before(report)], SIZE)
    said = f"{words.number(tickets, 'ticket')} {_WHOSE[report.what]} would go"
    return message(said, [header(said), rich(bullets(_counted(report)))], SIZE)


def render(report: ForgetReport) -> Message:
    """What is gone, the posts, and the search for what is left."""
    tickets = report.counts.get("tickets", 0)
    if report.before:
        said = _nothing(report)
    elif tickets:
        said = f"Forgotten: {words.number(tickets, 'ticket')} {_WHOSE[report.what]}"
    else:
        said = f"{_nothing(report)}; it stays away from now on"
    blocks = [header(said), _before(report)]
    if report.counts:
        gone = ours("Gone then" if report.before else "Gone", bold=True)
        blocks.append(rich(line(gone), bullets(_counted(report))))
    blocks.append(rich(line(ours("Posts in Slack", bold=True)), bullets(_posts(report))))
    if report.proof:
        proof = bullets([[ours(each)] for each in _proof(report.proof)])
        blocks.append(rich(line(ours("Proof", bold=True)), proof))
    blocks.append(context(_verdict(report)))
    return message(said, blocks, SIZE)


def _nothing(report: ForgetReport) -> str:
    return f"No ticket {_WHOSE[report.what]} is stored"


def _before(report: ForgetReport) -> Block | None:
    if report.before is None:
        return None
    day = words.day(report.before.date(), year=True)
    return context(f"It was forgotten on {day}; nothing has come since.")


def _counted(report: ForgetReport) -> list[list[Block]]:
    return [[ours(f"{sort}: {count:,}")] for sort, count in report.counts.items() if count]


def _posts(report: ForgetReport) -> list[list[Block]]:
    posts = report.posts
    found = [
        (posts.edited, "edited: it says that this was removed at the customer's request"),
        (posts.gone, "nothing to edit: deleted before, or never sent"),
        (posts.waiting, "to be edited: `earshot run` or `earshot serve` does it"),
    ]
    lines = [[ours(f"{count:,} {said}")] for count, said in found if count]
    for channel, reason in posts.refused[:_MOST_REFUSED]:
        lines.append([ours("could not be edited, because "), theirs(reason), ours(f": {channel}")])
    more = len(posts.refused) - _MOST_REFUSED
    if more > 0:
        lines.append([ours(f"{more:,} more could not be edited")])
    return lines or [[ours("none showed it")]]


def _proof(proof: Proof) -> list[str]:
    found = list(_searched(proof))
    if proof.left_out:
        found.append(f"{proof.left_out:,} more stand in others' tickets too, and prove nothing")
    found += [f"found in the column {name}" for name in proof.rows]
    found += [f"found in the raw bytes of {name}" for name in proof.files]
    if not proof.log_is_cut:
        found.append("another process still reads an older state: end it, and run this again")
    return found


def _searched(proof: Proof) -> Sequence[str]:
    sought = [
        "what was typed" if sort == "typed" else words.number(count, _SOUGHT.get(sort, sort))
        for sort, count in proof.searched.items()
    ]
    said = f"searched for {', '.join(sought) or 'nothing that tells it from others'}"
    if proof.bytes_searched is not None:
        return [f"{said}: all rows, and {proof.bytes_searched:,} raw bytes of the database"]
    return [
        f"{said}: all rows",
        "VACUUM has run; the server's log, its replicas and its backups cannot be searched from "
        "here, and keep older states as long as you let them",
    ]


def _verdict(report: ForgetReport) -> str:
    if report.is_done:
        return "Nothing of it was found. Backups made before now still have it: delete them."
    if report.proof is not None and not report.proof.holds:
        return "Not proven: something of it is left, as said above. Run the same command again."
    if report.is_unproved:
        return (
            "It cannot be proved any more that nothing is left: the words are not known any more. "
            "When it was forgotten, something was found, or nobody looked to the end."
        )
    return "Its rows are gone; posts are left, as said above. Run the same command again to see."
