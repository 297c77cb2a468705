"""An iCalendar file read by the letter of RFC 5545, sections 3.1 and 3.2, with nothing forgiven: what a library would mend
silently is a mistake here."""

import re

LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)', re.S)
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')


class Property:
    def __init__(self, line):
        found = LINE.fullmatch(line)
        if not found:
            raise ValueError(f"not a content line: {line}")
        name, parameters, self.value = found.groups()
        self.name, self.line = name.upper(), line
        self.parameters = {key.upper(): value.strip('"') for key, value in PARAMETER.findall(parameters)}

    def __eq__(self, other):
        return self.line == other.line


class Component:
    def __init__(self, name):
        self.name, self.properties, self.children = name, [], []

    def all(self, name):
        return [property for property in self.properties if property.name == name]

    def one(self, name):
        return next(iter(self.all(name)), None)

    def value(self, name):
        return self.one(name).value if self.one(name) else ""


def line_mistakes(octets):
    """Of the lines as they are sent."""
    for number, line in enumerate(octets.split(b"\r\n"), 1):
        if len(line) > 75:
            yield f"line {number} has {len(line)} octets"
        try:
            text = line.decode()
        except UnicodeDecodeError:
            yield f"line {number} is folded inside of a character, or is not UTF-8"
            continue
        if any(character < " " and character != "\t" or character == "\x7f" for character in text):
            yield f"line {number} has a control character, or a line end that is not CRLF"
    if not octets.endswith(b"\r\n") or b"\r\n\r\n" in octets:
        yield "there is an empty line, or the last one has no end"


def parse(octets):
    """The VCALENDAR; ValueError where there isn't exactly one, or where BEGIN and END do not match."""
    root = Component("")
    open_ones = [root]
    for line in octets.decode().replace("\r\n ", "").replace("\r\n\t", "").removesuffix("\r\n").split("\r\n"):
        property = Property(line)
        if property.name == "BEGIN":
            component = Component(property.value)
            open_ones[-1].children.append(component)
            open_ones.append(component)
        elif property.name == "END":
            if open_ones.pop().name != property.value:
                raise ValueError(f"{line} ends what did not begin")
        else:
            open_ones[-1].properties.append(property)
    if open_ones != [root] or root.properties or [child.name for child in root.children] != ["VCALENDAR"]:
        raise ValueError("not one VCALENDAR")
    return root.children[0]
