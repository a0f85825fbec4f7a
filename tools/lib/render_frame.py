"""Draws a captured terminal frame (tmux capture-pane -e) as a small SVG picture: text stays text.

Use: render_frame.py COLUMNS [TITLE] < frame > picture.svg
"""
import html
import re
import sys

CELL, LINE, MARGIN, HEAD = 8.4, 18, 14, 30
BACK, FORE = "#101418", "#d7dce2"
COLOURS = {30: "#3b4252", 31: "#d9534f", 32: "#4caf50", 33: "#d7a72c", 34: "#5b8def", 35: "#b06fd8", 36: "#3fb5bd", 37: "#c8ced6",
           90: "#6b7684", 91: "#ff6b63", 92: "#6fdc74", 93: "#ffd24a", 94: "#82aaff", 95: "#d291f0", 96: "#67dde5", 97: "#ffffff"}
CODES = re.compile(r"\x1b\[([0-9;]*)m")
PIECES = re.compile("[\u2800-\u28ff]|[^\u2800-\u28ff]+")  # a dot pattern stands alone: fonts that lack it borrow one of another width


PLAIN = (FORE, False, False)


def runs_of(line, style):
    """(text, colour, bold, dim) piece by piece, then what holds for the next line: tmux says only what changes."""
    colour, bold, dim = style
    at = 0
    for found in [*CODES.finditer(line), None]:
        text = line[at:found.start() if found else len(line)]
        if text:
            yield text, colour, bold, dim
        if not found:
            return colour, bold, dim
        at = found.end()
        for code in (int(c or 0) for c in found.group(1).split(";")):
            if code == 0:
                colour, bold, dim = FORE, False, False
            elif code == 1:
                bold = True
            elif code == 2:
                dim = True
            elif code == 22:
                bold = dim = False
            elif code == 39:
                colour = FORE
            elif code in COLOURS:
                colour = COLOURS[code]


def finished(generator):
    """All that it yields, and what it returns."""
    out = []
    while True:
        try:
            out.append(next(generator))
        except StopIteration as end:
            return out, end.value


def picture(frame, columns, title=""):
    lines = frame.rstrip("\n").split("\n")
    while lines and not CODES.sub("", lines[-1]).strip():
        lines.pop()
    width, height = columns * CELL + 2 * MARGIN, len(lines) * LINE + HEAD + MARGIN
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" font-size="14" '
           f'font-family="DejaVu Sans Mono,Menlo,Consolas,monospace">',
           f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>',
           f'<text x="{width / 2:.0f}" y="19" fill="#8a94a0" font-size="12" text-anchor="middle">{html.escape(title)}</text>']
    state = PLAIN
    for number, line in enumerate(lines):
        column = 0
        runs, state = finished(runs_of(line, state))
        for text, colour, bold, dim in runs:
            style = (' font-weight="bold"' if bold else "") + (' opacity="0.6"' if dim else "")
            for piece in PIECES.findall(text):
                shown = piece.strip(" ")
                start = column + len(piece) - len(piece.lstrip(" "))
                if shown and shown != "\u2800":
                    out.append(f'<text x="{MARGIN + start * CELL:.1f}" y="{HEAD + (number + 0.75) * LINE:.1f}" fill="{colour}"{style} '
                               f'textLength="{len(shown) * CELL:.1f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">{html.escape(shown)}</text>')
                column += len(piece)
    return "\n".join([*out, "</svg>", ""])


if __name__ == "__main__":
    sys.stdout.write(picture(sys.stdin.read(), int(sys.argv[1]), " ".join(sys.argv[2:])))
