"""Files and the messages that carry them. All under the lock of the room's log."""

from collections.abc import Iterable, Sequence

from chatsite import limits
from chatsite.errors import BadRequest, ChatError
from chatsite.ids import is_id

from ..errors import FileSentBefore, NotYourFile, TooManyFiles
from ..models import Attachment, Event


def shape_refusal(ids: Sequence[str]) -> ChatError | None:
    """What is wrong with the ids that a message names, whatever they name."""
    if len(ids) > limits.MESSAGE_FILES:
        return TooManyFiles(f"A message has at most {limits.MESSAGE_FILES} files.", field="attachments")
    if len(set(ids)) < len(ids):
        return BadRequest("A file is named twice.", field="attachments")
    return None


def find_files(ids: Iterable[str]) -> dict[str, Attachment]:
    """The files of these ids, locked until the transaction ends; unknown ones are left out."""
    wanted = {id for id in ids if is_id(id)}
    if not wanted:
        return {}
    # The order of all who lock several.
    return {
        file.id: file for file in Attachment.objects.select_for_update().filter(id__in=wanted).order_by("id")
    }


def judge_files(
    ids: Sequence[str], files: dict[str, Attachment], *, by: str, room_id: str
) -> list[Attachment] | ChatError:
    """The files that a message may take, or why it may not."""
    found = []
    for id in ids:
        file = files.get(id)
        if file is None or file.by_id != by or file.room_id != room_id:
            return NotYourFile(field="attachments")
        if file.message_seq is not None:
            return FileSentBefore(field="attachments")
        found.append(file)
    return found


def take(files: Iterable[Attachment]) -> None:
    """Let no other message of the same batch have these: theirs gets its number when all are judged."""
    for file in files:
        file.message_seq = 0


def keep_carried(events: Iterable[Event]) -> None:
    """Note in the rows of files which new messages have them."""
    for event in events:
        if carried := event.data.get("attachments"):
            ids = [each["id"] for each in carried]
            Attachment.objects.filter(id__in=ids).update(message_seq=event.seq)


def kept_of(file: Attachment) -> dict[str, object]:
    """What a message's event keeps of a file."""
    kept: dict[str, object] = {"id": file.id, "name": file.name, "type": file.type, "size": file.size}
    if file.alt:
        kept["alt"] = file.alt
    if file.width and file.height:
        kept["width"], kept["height"] = file.width, file.height
    if file.previews_left or file.preview:
        kept["preview"] = True
    return kept
