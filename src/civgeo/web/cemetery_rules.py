"""The officers' desk for rules on cemeteries: enter, change, switch off, and go back.

Works without JavaScript. Every step posts the write token in the form, as the page for imports
does, and the edition that the form was made from: what somebody else changed meanwhile is not
overwritten.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from civgeo.assets.translation import translate as _
from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput, NotFound, OwnFileBroken, RuleViolation, StaleEdit
from civgeo.http.cemetery_rule_forms import RuleForm, blank_table, form_page, history_page
from civgeo.http.context import CityNow, Language, speak
from civgeo.http.errors import status_of
from civgeo.http.query import require_known
from civgeo.http.token import require_token
from civgeo.http.uploads import Room, refuse_length
from civgeo.http.writing import edit_of
from civgeo.services import cemetery_rule_desk as desk
from civgeo.services.cemetery_rule_rows import Row, RulesRefused, rows_of_file
from civgeo.services.cemetery_rule_saving import Saved
from civgeo.services.city import City

__all__ = ["router"]

router = APIRouter(include_in_schema=False, prefix="/ui/cemetery-rules")

_ROOM = Room(1024**2, "请分几次录入")
_HEADER = 1
_TOLD = (InvalidInput, NotFound, StaleEdit, RuleViolation, OwnFileBroken)


@router.get("")
def front(
    request: Request,
    city: CityNow,
    id: str | None = None,
    text: str | None = None,
    lang: Language = None,
) -> Response:
    """Form for a new rule, for changing one, or for the clauses of a missing text."""
    require_known(request, ("id", "text", "lang"))
    return form_page(request, city, RuleForm.opened(city, id or "", text or ""))


@router.get("/clauses.csv")
def clauses(request: Request, city: CityNow, text: str | None = None) -> Response:
    """Table to be filled in with the clauses of a text."""
    require_known(request, ("text",))
    headers = {"Content-Disposition": 'attachment; filename="clauses.csv"'}
    return Response(blank_table(city, text or ""), 200, headers, "text/csv; charset=utf-8")


@router.get("/editions")
def past(request: Request, city: CityNow, lang: Language = None) -> Response:
    """Editions, and what each edit changed."""
    require_known(request, ("lang",))
    return history_page(request, city)


@router.post("/editions")
async def undo(request: Request, city: CityNow) -> Response:
    """Go back to an earlier edition."""
    refuse_length(request, _ROOM)
    async with request.form(max_files=0, max_fields=20) as given:
        form, to = RuleForm.sent(given), str(given.get("to") or "")
    require_token(request, form.token)
    edit = edit_of(form.edit)

    def work() -> Response:
        done = desk.go_back(_folder(city), to, edit, expected=form.edition)
        speak(request)
        return history_page(request, city, f"{_('已回到以前的版本')}：{done.book.edition}")

    return await run_in_threadpool(work)


@router.post("")
async def post(request: Request, city: CityNow) -> Response:
    """Check or save what the form holds; with findings it comes back as it was filled in."""
    form, file = await _sent(request)
    asked = request.query_params.get("do", "")
    return await run_in_threadpool(_answer, request, city, form, file, asked)


async def _sent(request: Request) -> tuple[RuleForm, bytes]:
    """The form and its file, when it holds the token."""
    refuse_length(request, _ROOM)
    async with request.form(max_files=1, max_fields=300) as given:
        form = RuleForm.sent(given)
        require_token(request, form.token)
        file = given.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return form, b""
        content = await file.read(_ROOM.most + 1)
    if len(content) > _ROOM.most:
        raise _ROOM.too_large()
    return form, content


def _answer(request: Request, city: City, form: RuleForm, file: bytes, asked: str) -> Response:
    speak(request)
    try:
        done = _done(city, form, file, asked)
    except RulesRefused as error:
        return form_page(request, city, form, findings=error.findings, status=422)
    except _TOLD as error:
        return form_page(request, city, form, problem=error.message, status=status_of(error))
    return form_page(request, city, form if done.trial else form.after(done), saved=done)


def _done(city: City, form: RuleForm, file: bytes, asked: str) -> Saved:
    edit, folder = edit_of(form.edit), _folder(city)
    if asked == "off":
        return desk.switch_off(folder, form.id, edit, expected=form.edition)
    if asked == "restore":
        return desk.restore_rule(folder, form.id, edit, expected=form.edition)
    if form.id:
        return _changed(folder, form, edit, trial=asked != "save")
    rows = _rows(file) if file else (form.cells,)
    return desk.enter_rules(
        folder,
        rows,
        edit,
        expected=form.edition,
        text=form.text or None,
        whole=form.whole,
        trial=asked != "save",
        first=_HEADER + 1 if file else 1,
    )


def _changed(folder: Path, form: RuleForm, edit: Edit, *, trial: bool) -> Saved:
    cells = {name: cell for name, cell in form.cells.items() if name != "id"}
    return desk.change_rule(folder, form.id, cells, edit, expected=form.edition, trial=trial)


def _rows(content: bytes) -> tuple[Row, ...]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "条文.csv"
        path.write_bytes(content)
        return rows_of_file(path)


def _folder(city: City) -> Path:
    return city.store.file.parent
