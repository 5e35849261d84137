"""The interview: what was found, the questions that everybody is asked, what would be written. Nothing is written here."""

from dataclasses import dataclass, field
from functools import partial

from msgspec import Struct

from wizard.errors import UsageError
from wizard.prompts import words
from wizard.prompts.asker import Asker, Back, Option, Prompt
from wizard.question import Question
from wizard.questions import question_of
from wizard.said import IMAGE, askable, choices, following, marks, parsed, picked, present, problem, unknown, unresolved, with_answer, with_reason
from wizard.scaffold import Outcome, Request, Session, joining, outcome
from wizard.spelling import YES_NO, Data
from wizard.stops import Stop, Stopped

_TYPED = "(typed)"
JOIN = "Add to it?"


class Agreed(Struct, frozen=True):
    """The answers that a person wants written; `overwrite` is their yes to replacing files that differ."""

    session: Session
    overwrite: bool
    request: Request


@dataclass
class Interview:
    """One run of questions; `session` is what is known so far, `behind` the questions that were passed."""

    asker: Asker
    session: Session
    request: Request
    behind: list[Question] = field(default_factory=list)
    next_step: str = "write"

    def run(self) -> Agreed | None:
        """Ask until something is to be written; None when the person leaves without."""
        self._open()
        question = following(self.session, None)
        while True:
            try:
                if question is None:
                    return self._review()
                self.put(question)
            except Back:
                if self.behind:
                    question = self.behind.pop()
                else:
                    self.asker.say("This is the first question.")
                continue
            self.behind.append(question)
            question = following(self.session, question)

    def _open(self) -> None:
        self.asker.say(words.opening(self.session))
        self._offer_to_join()
        if (found := self._outcome()) and found.plan.conflicts:
            self.asker.say("\n" + words.in_the_way(found.plan.conflicts))
        self.asker.say(f"\n{words.wrapped(self.asker.keys)}\n")

    def _offer_to_join(self) -> None:
        from wizard.joining import offered

        if self.request.join or not (found := offered(self.request.output)):
            return
        self.asker.say("\n" + words.already_here(*found) + "\n")
        if self.asker.confirm(Prompt(JOIN), True):
            self.session, self.request = joining(self.session, self.request, found[0])

    def _outcome(self) -> Outcome | None:
        try:
            return outcome(self.session, self.request)
        except UsageError:
            return None

    def put(self, question: Question, typed: bool = False) -> None:
        """Ask one question until its answer can be taken. `typed`: choices may be typed as well."""
        while True:
            data = self._asked(question, typed)
            if data == present(self.session, question):
                return
            if not (wrong := problem(self.session, question, data)):
                self.session = with_answer(self.session, question, data)
                return
            self.asker.say(words.wrapped(wrong, "  "))

    def _asked(self, question: Question, typed: bool) -> Data:
        now = present(self.session, question)
        prompt = Prompt(question.prompt, words.note(self.session, question), words.why(question), words.implied(self.session, question))
        if question.spelling is YES_NO:
            return self.asker.confirm(prompt, bool(now))
        if question.key == "stack.language" and (unknown(self.session) or self.session.workload.image):
            return self._language(question, prompt)
        offered = choices(self.session, question)
        if not offered:
            return self._typed(question, prompt)
        options = [Option(choice.value, choice.title, choice.help) for choice in offered]
        if question.many:
            return self._many(question, prompt, options, typed)
        if now is not None and now not in [option.value for option in options]:
            options.append(Option(str(now), str(now)))
        chosen = self.asker.one(prompt, [*options, *([_another()] if typed else [])], now)
        return self._typed(question, prompt) if chosen == _TYPED else question.parse(chosen)

    def _language(self, question: Question, prompt: Prompt) -> Data:
        """What it is written in, or which image stands in for building one; the latter is taken here."""
        options = [Option(choice.value, choice.title, choice.help) for choice in question.choices]
        image = Option(IMAGE, "None of these: it runs an image that exists")
        while True:
            chosen = self.asker.one(prompt, [*options, image], None if unknown(self.session) else IMAGE)
            if chosen != IMAGE:
                return question.parse(chosen)
            try:
                self.put(question_of(IMAGE))
            except Back:
                continue
            return present(self.session, question)

    def _many(self, question: Question, prompt: Prompt, options: list[Option], typed: bool) -> Data:
        rows = present(self.session, question) or []
        chosen = self.asker.many(prompt, [*options, *([_another()] if typed else [])], marks(question, rows))
        return self._typed(question, prompt) if _TYPED in chosen else picked(question, rows, chosen)

    def _typed(self, question: Question, prompt: Prompt) -> Data:
        now = present(self.session, question)
        default = question.format(now)
        text = self.asker.text(prompt, default, partial(self._wrong, question, default))
        return now if text == default else parsed(question, text)

    def _wrong(self, question: Question, default: str, text: str) -> str | None:
        if text == default and present(self.session, question) is not None:
            return problem(self.session, question, present(self.session, question))
        try:
            return problem(self.session, question, parsed(question, text))
        except ValueError as error:
            return str(error)

    def _review(self) -> Agreed | None:
        """What would be written, and the choice. Back leads to the last question."""
        default = ""
        while True:
            try:
                found = outcome(self.session, self.request)
            except Stopped as stopped:
                if not self._stop(stopped.stops):
                    return None
                continue
            except UsageError as error:
                if not self._mend(unresolved(self.session) or str(error)):
                    return None
                continue
            conflicts = bool(found.plan.conflicts)
            self.asker.say("\n" + words.summary(found))
            match self.asker.one(Prompt("What now?", "", _WHY_REVIEW), _STEPS, default or ("diff" if conflicts else "write")):
                case "write" if not conflicts:
                    return Agreed(self.session, False, self.request)
                case "write":
                    if self._replacing(found):
                        return Agreed(self.session, True, self.request)
                    default = "leave"
                case "diff":
                    self.asker.say(words.diff(found))
                    default = "write"
                case "change":
                    self._change()
                    default = ""
                case _:
                    return None

    def _replacing(self, found: Outcome) -> bool:
        names = ", ".join(words.shown(change.file.path) for change in found.plan.conflicts)
        try:
            return self.asker.confirm(Prompt(f"Replace {names}? (kept as NAME.orig)", "", _WHY_REVIEW), False)
        except Back:
            return False

    def _mend(self, trouble: str) -> bool:
        """Answers that do not make a service yet: the question that mends it is offered first. False: leave."""
        self.asker.say("\n" + words.wrapped(f"This cannot be written yet. {trouble}"))
        asked = next((q for q in askable(self.session) if trouble.startswith((f"{q.key}:", f"{q.key}."))), None)
        mending = [Option("mend", asked.prompt)] if asked else []
        step = self.asker.one(Prompt("What now?", "", _WHY_REVIEW), [*mending, *_STEPS[2:]], "mend" if asked else "change")
        if step == "mend" and asked:
            self._put_aside(asked)
        elif step == "change":
            self._change()
        return step != "leave"

    def _stop(self, stops: tuple[Stop, ...]) -> bool:
        """What is given away, and no way to the files before each is taken out or has its reason. False: leave."""
        self.asker.say("\n" + words.stopped(stops))
        first = stops[0]
        asked = next((q for q in askable(self.session) if q.key == first.gift.key), None)
        mending = [Option("mend", f"Take it out: {asked.prompt}")] if asked else []
        keep = Option("keep", f"Keep it, and say why (leaves {first.control} out, which is reported every time)")
        step = self.asker.one(Prompt("What now?", "", _WHY_STOP), [*mending, keep, *_STEPS[2:]], "mend" if asked else "leave")
        if step == "mend" and asked:
            self._put_aside(asked)
        elif step == "keep":
            self._keep(first)
        elif step == "change":
            self._change()
        return step != "leave"

    def _keep(self, stop: Stop) -> None:
        """The reason, recorded as a waiver for this service."""

        def reasoned(why: str) -> tuple[Question, Data]:
            return with_reason(self.session, stop.control, stop.service, why.strip())

        prompt = Prompt(f"Why does {stop.service} have to have it?", "", _WHY_STOP)
        try:
            why = self.asker.text(prompt, "", lambda text: problem(self.session, *reasoned(text)))
        except Back:
            return
        self.session = with_answer(self.session, *reasoned(why))

    def _change(self) -> None:
        """Any question there is; Back leaves the answer as it is."""
        columns = words.width() - 6
        options = [Option(question.key, words.row(self.session, question, columns)) for question in askable(self.session)]
        try:
            key = self.asker.one(Prompt("Which answer?", "", _WHY_REVIEW), options, None)
        except Back:
            return
        self._put_aside(question_of(key))

    def _put_aside(self, question: Question) -> None:
        try:
            self.put(question, typed=True)
        except Back:
            return


def _another() -> Option:
    return Option(_TYPED, "Another answer, typed")


_STEPS = (
    Option("write", "Write the files"),
    Option("diff", "Show the diff"),
    Option("change", "Change another answer"),
    Option("leave", "Leave without writing"),
)
_WHY_STOP = (
    "  Whoever breaks into the service has this as well, and with it the host. Nothing is written\n"
    "  before it is taken out, or a reason stands in seawall.yaml, where others read it."
)
_WHY_REVIEW = (
    "  Nothing is written before you choose to. A file of yours that would change is kept\n"
    "  beside the new one as NAME.orig. Your answers are saved in seawall.yaml."
)
