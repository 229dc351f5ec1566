"""From what file, environment and command line say to sections: merged, read, all problems noted.

A section is a mapping of the configuration, declared as a msgspec struct; beside the type of each
of its fields stands the reader of its value.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, get_args, get_origin

from msgspec import Meta, Struct, structs

from carrierbox.config_values import DEFAULT, NULL_READERS, Problems, Reader, kind_of
from carrierbox.strict_yaml import parse_scalar, parse_yaml

DEFAULT_BOX: Final = "default"
ENVIRONMENT_PREFIX: Final = "CARRIERBOX_"
BOXES_MAX: Final = 1000
AT_LEAST_ONE: Final = Meta(extra={"entries_min": 1})
"""Stands beside the type of a list that must not be empty."""

# Names of ours that are no settings of `serve`, and those that Kubernetes and linked containers set
# in every container beside a service that is called carrierbox.
_NO_SETTINGS: Final = re.compile(r"URL|PURE|STOP_POINT|SERVICE_(HOST|PORT)(_.*)?|PORT(_[0-9].*)?")
_BOX_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping of the configuration. `not_yet` names the keys that a later version will know."""

    not_yet: ClassVar[tuple[str, ...]] = ()


class Sources:
    """What file, environment and command line say, merged, and who said what."""

    def __init__(self) -> None:
        self.merged: dict[str, object] = {}
        self.origins: dict[str, str] = {}

    def merge(self, content: Mapping[str, object], origin: str) -> None:
        """Lay a mapping over what is there; mappings are merged, everything else is replaced."""
        self._merge(self.merged, content, "", origin)

    def merge_environment(self, environment: Mapping[str, str]) -> None:
        """Lay the variables `CARRIERBOX_SECTION__KEY` over what is there."""
        for name in sorted(environment):
            setting = name.removeprefix(ENVIRONMENT_PREFIX)
            if setting == name or _NO_SETTINGS.fullmatch(setting):
                continue
            keys = setting.lower().split("__")
            value = _environment_value(name, environment[name])
            for position in range(len(keys) - 1, -1, -1):
                key = keys[position]
                if position and keys[position - 1] == "carriers" and key != DEFAULT:
                    key = key.upper()
                value = {key: value}
            if isinstance(value, dict):
                self.merge(value, name)

    def origin_of(self, path: str) -> str:
        """Who set a field: a variable, the command line, or nobody but the file."""
        found = max((each for each in self.origins if _is_below(path, each)), key=len, default="")
        return self.origins.get(found, "")

    def _merge(
        self, target: dict[str, object], content: Mapping[str, object], path: str, origin: str
    ) -> None:
        for key, value in content.items():
            inner = _join(path, str(key))
            present = target.get(key)
            if inner.endswith("carriers") and isinstance(present, str):
                present = {DEFAULT: present}
            elif path.endswith("carriers") and isinstance(present, str):
                present = {"rules": present}
            if isinstance(value, Mapping) and (present is None or isinstance(present, dict)):
                target[key] = copy = dict(present or {})
                self._merge(copy, value, inner, origin)
            else:
                target[key] = value
            self.origins[inner] = origin


class Reading:
    """One pass over the merged settings that notes every problem."""

    def __init__(self, sources: Sources) -> None:
        self.problems: list[str] = []
        self._sources = sources
        self.read: dict[str, object] = {}

    def problem(self, path: str, text: str) -> None:
        """Note what is wrong with a field, and who set it if it was not the file."""
        origin = self._sources.origin_of(path)
        suffix = f" (from {origin})" if origin else ""
        self.problems.append(f"{path}: {text}{suffix}" if path else text + suffix)

    def section(self, cls: type[Section], raw: object, path: str) -> Section | None:
        """A section of what a mapping says; None if a field that it needs is wrong or missing."""
        if raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            self.problem(path, f"must be a mapping, not {kind_of(raw)}")
            return None
        fields = {field.name: field for field in structs.fields(cls)}
        for key in raw:
            if key in cls.not_yet:
                self.problem(_join(path, key), "not acting yet in this version; remove it")
            elif key not in fields:
                self.problem(_join(path, key), f"unknown key; known here: {', '.join(fields)}")
        read: dict[str, Any] = {}
        complete = True
        for name, field in fields.items():
            inner = _join(path, name)
            if name in raw and (raw[name] is not None or _reader_of(field.type) is not None):
                before = len(self.problems)
                value = self._value(field.type, raw[name], inner)
                if len(self.problems) == before:
                    read[name] = value
                    continue
            elif field.required:
                self.problem(inner, "missing")
            complete = complete and not field.required
        return cls(**read) if complete else None

    def _value(self, kind: Any, raw: object, path: str) -> object:
        read = _reader_of(kind)
        if read is not None:
            try:
                if raw is None and read not in NULL_READERS:
                    raise ValueError("is empty: give it a value or remove it")
                self.read[path] = read(raw)
            except Problems as problems:
                for key, text in problems.found:
                    self.problem(_join(path, key), text)
            except ValueError as error:
                self.problem(path, str(error))
            return self.read.get(path)
        plain = _plain(kind)
        if get_origin(plain) is tuple:
            if raw == [] and _extra(kind).get("entries_min"):
                self.problem(path, "must have one entry at least")
            return self._sections(get_args(plain)[0], raw, path)
        if get_origin(plain) is dict:
            return self._named_sections(get_args(plain)[1], raw, path)
        return self.section(plain, raw, path)

    def _sections(self, cls: type[Section], raw: object, path: str) -> object:
        if not isinstance(raw, list | tuple):
            self.problem(path, f"must be a list, not {kind_of(raw)}")
            return None
        return tuple(
            self.section(cls, element, f"{path}[{index}]") for index, element in enumerate(raw)
        )

    def _named_sections(self, cls: type[Section], raw: object, path: str) -> object:
        if not isinstance(raw, Mapping):
            self.problem(path, f"must be a mapping, not {kind_of(raw)}")
            return None
        if len(raw) > BOXES_MAX:
            self.problem(path, f"at most {BOXES_MAX}")
            return None
        for name in raw:
            if name == DEFAULT_BOX:
                self.problem(_join(path, name), "is the box whose settings stand outside `boxes`")
            elif not _BOX_NAME.fullmatch(name):
                self.problem(
                    _join(path, name),
                    "a name has at most 32 small letters, digits and hyphens, a letter first",
                )
        return {name: self.section(cls, each, _join(path, name)) for name, each in raw.items()}


def _environment_value(name: str, text: str) -> object:
    if text.lstrip()[:1] in ("[", "{"):
        return parse_yaml(text, name)
    return parse_scalar(text)


def told(description: str, read: Reader, schema: dict[str, Any]) -> Meta:
    """What stands beside the type of a single value: what it is for, its reader, its schema."""
    return Meta(extra={"read": read, "schema": {"description": description, **schema}})


def section_schema(cls: type[Section], definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the JSON Schema of a section, which is put among the definitions."""
    name = cls.__name__.removesuffix("Section")
    reference = {"$ref": f"#/$defs/{name}"}
    if name in definitions:
        return reference
    fields = structs.fields(cls)
    properties: dict[str, Any] = {}
    definitions[name] = {
        "description": (cls.__doc__ or "").strip(),
        "type": "object",
        "properties": properties,
        "required": [each.name for each in fields if each.required],
        "additionalProperties": False,
    }
    for each in fields:
        schema = _schema(each.type, definitions)
        if isinstance(each.default, str | int | float) and each.default != "":
            schema.setdefault("default", each.default)
        properties[each.name] = schema
    return reference


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    extra = _extra(kind)
    if "schema" in extra:
        return dict(extra["schema"])
    plain = _plain(kind)
    if get_origin(plain) is tuple:
        items = section_schema(get_args(plain)[0], definitions)
        return {"type": "array", "items": items, "minItems": extra.get("entries_min", 0)}
    if get_origin(plain) is dict:
        inner = section_schema(get_args(plain)[1], definitions)
        names = {"pattern": f"^{_BOX_NAME.pattern}$", "not": {"const": DEFAULT_BOX}}
        return {"type": "object", "propertyNames": names, "additionalProperties": inner}
    return section_schema(plain, definitions)


def _plain(kind: Any) -> Any:
    """A type without what stands beside it."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _extra(kind: Any) -> dict[str, Any]:
    for note in getattr(kind, "__metadata__", ()):
        if isinstance(note, Meta) and note.extra:
            return note.extra
    return {}


def _reader_of(kind: Any) -> Reader | None:
    return _extra(kind).get("read")


def _join(path: str, key: str) -> str:
    if str(key).startswith("["):
        return f"{path}{key}"
    return f"{path}.{key}" if path else str(key)


def _is_below(path: str, other: str) -> bool:
    return path == other or path.startswith((f"{other}.", f"{other}["))
