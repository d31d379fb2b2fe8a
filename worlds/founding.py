"""How a city's services come to be: one for each `services/<name>.toml` in the city's folder."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pydantic import ValidationError

from worlds.city import City
from worlds.plan import CityPlan, Fault, PlanError, told
from worlds.service import Texts
from worlds.words import load


def founder(folder: Path, plan: CityPlan) -> Callable[[Texts], City]:
    """What makes the city as it is before anything happened in it; raises PlanError for content that is wrong.

    A service's content is a file of its name; its package in `worlds.services` reads it by its function `found`,
    which is also given the city's plan and its listed words.
    """
    words = load(folder)
    contents = {path.stem: path for path in sorted((folder / "services").glob("*.toml"))}
    faults: list[Fault] = []
    found = {}
    for name, path in contents.items():
        file = f"services/{path.name}"
        try:
            found[name] = (import_module(f"worlds.services.{name}").found, path.read_text("utf-8"))
        except ModuleNotFoundError:
            faults.append(Fault(file, "", "there is no service of that name"))
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Fault(file, "", f"cannot be read: {error}"))

    def city(texts: Texts) -> City:
        return City([make(texts, content, plan, words) for make, content in found.values()])

    if not faults:
        for name, (make, content) in found.items():
            try:
                make(Texts(), content, plan, words)
            except ValidationError as error:
                faults += told(f"services/{name}.toml", error)
            except ValueError as error:
                faults.append(Fault(f"services/{name}.toml", "", str(error).replace("\n", "; ")))
    if faults:
        raise PlanError(faults)
    return city
