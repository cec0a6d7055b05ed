/* Runs of characters that may hide a text: proves of most texts and stream pieces that guiju.text.payloads has nothing to
 * decode. For each kind of encoding its alphabet, and what a payload of it needs at least. Errs on the side of asking.
 */
#include "native.h"
#include <string.h>

enum { KINDS = 7, LONGEST = 4096, LONGEST_LINE = 19 };
enum { LETTERS = 1, HEX = 2, BINARY = 4, PERCENT = 8, ENTITIES = 16, ESCAPES = 32, MORSE = 64 };

/* What is known of the runs that have not ended: where each begins (-1: none is open), two counts per kind, and what its end
 * looks like (`opening`, see `look`). Python keeps it as bytes; `size` is how many characters have been seen, `last` the one
 * before. */
typedef struct {
    int64_t size, start[KINDS];
    uint32_t telling[KINDS], beside[KINDS], opening[KINDS];
    uint32_t last;
} Runs;

/* Which alphabets a character is of. */
static unsigned alphabets(Py_UCS4 c)
{
    const Py_UCS4 low = c | 0x20;
    if (low >= 'a' && low <= 'z' && c < 0x80)
        return LETTERS | PERCENT | (low <= 'f' ? HEX | ENTITIES | ESCAPES : low == 'x' ? ENTITIES | ESCAPES : low == 'u' ? ESCAPES : 0);
    if (c >= '0' && c <= '9')
        return LETTERS | HEX | PERCENT | ENTITIES | ESCAPES | BINARY;
    switch (c) {
    case ' ': return HEX | BINARY | ESCAPES | MORSE;
    case ',': return HEX | BINARY | ESCAPES;
    case ':': return HEX;
    case '+': return LETTERS | PERCENT | ESCAPES;
    case '-': case '_': return LETTERS | PERCENT | MORSE;
    case '/': return LETTERS | MORSE;
    case '=': return LETTERS;
    case '%': case '~': return PERCENT;
    case '.': return PERCENT | MORSE;
    case '&': case '#': case ';': return ENTITIES;
    case '\\': case '{': case '}': return ESCAPES;
    case '|': case 0xB7: case 0x2022: case 0x2212: case 0x2013: case 0x2014: return MORSE;
    }
    return 0;
}

/* Count what tells a payload of a kind from other text. */
static void count(Runs *runs, int kind, Py_UCS4 c, int first)
{
    const int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    int telling = 0, beside = 0;
    switch (1 << kind) {
    case LETTERS: /* no letter at all; capitals and small letters, a capital at the beginning left out */
        if (!letter)
            runs->telling[kind] |= 4;
        else if (c >= 'a')
            runs->telling[kind] |= 1;
        else if (!first)
            runs->telling[kind] |= 2;
        return;
    case HEX: telling = c == ' ' || c == ',' || c == ':', beside = !telling; break;
    case BINARY: telling = c == ' ' || c == ',', beside = !telling; break;
    case PERCENT: telling = c == '%'; break;
    case ENTITIES: telling = c == '&', beside = c == '#'; break;
    case ESCAPES: telling = c == '\\' || c == '+' || ((c | 0x20) == 'x' && runs->last == '0'); break;
    case MORSE: telling = c == ' ' || c == '/' || c == '|', beside = !telling; break;
    }
    runs->telling[kind] += (uint32_t)telling;
    runs->beside[kind] += (uint32_t)beside;
}

static int is_mixed(uint32_t telling)
{
    return telling & 4 || (telling & 3) == 3;
}

/* Whether a run of a kind may hold a payload. */
static int may_hold(const Runs *runs, int kind, int64_t size)
{
    const uint32_t telling = runs->telling[kind], beside = runs->beside[kind];
    switch (1 << kind) {
    case LETTERS: return size >= 8 && (is_mixed(telling) || (size >= 16 && !(telling & 1)));
    case HEX: return telling >= 5 && beside >= 12;
    case BINARY: return telling >= 5 && beside >= 12;
    case PERCENT: return telling >= 3 && size >= 9;
    case ENTITIES: return telling >= 2 && beside >= 2 && size >= 8;
    case ESCAPES: return telling >= 2 && size >= 8;
    default: return telling >= 3 && beside >= 4;
    }
}

/* A run of letters and digits, read as Base64 for what it decodes to so far. Bits 0-1 of the state: characters of a group of
 * four; 2-7: bits left over; 8-9: bytes that must follow; then flags; from 14 on: how many characters. What is still possible after
 * ENOUGH of them stays possible. */
enum { NO_TEXT = 1 << 10, NO_HEX = 1 << 11, WAS_ONE = 1 << 12, NO_32 = 1 << 13, CHARACTERS = 14, ENOUGH = 48 };

static uint32_t sextet(Py_UCS4 c)
{
    return c >= 'a' ? c - 'a' + 26 : c >= 'A' && c != '_' ? c - 'A' : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' || c == '-' ? 62 : 63;
}

/* Whether some byte from `low` to `high` may come next; `left`: continuation bytes that are owed. */
static int may_follow(uint32_t low, uint32_t high, uint32_t left)
{
    if (left)
        return low <= 0xBF && high >= 0x80;
    return (low <= 0xF4 && high >= 0xC2) || (low < 0x7F && high >= 0x20) || (low <= 13 && high >= 9);
}

static int may_be_one(uint32_t state)
{
    return (state & (NO_TEXT | NO_HEX | NO_32)) != (NO_TEXT | NO_HEX | NO_32);
}

static uint32_t decode(uint32_t state, Py_UCS4 c, Py_UCS4 last)
{
    uint32_t count = state >> CHARACTERS;
    if (c == '=') /* what follows is read anew */
        return state & WAS_ONE || (count >= 8 && may_be_one(state)) ? WAS_ONE : 0;
    count += count < LONGEST;
    if (count > ENOUGH) /* as guiju.text.openings has it */
        return (state & ((1 << CHARACTERS) - 1)) | count << CHARACTERS;
    const int hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') ||
                    ((c | 0x20) == 'x' && last == '0' && count == 2);
    const int of_32 = (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
    const uint32_t kept = (state & (WAS_ONE | NO_TEXT | NO_HEX | NO_32)) | (hex ? 0 : NO_HEX) | (of_32 ? 0 : NO_32) | count << CHARACTERS;
    if (state & NO_TEXT)
        return kept;
    uint32_t phase = state & 3, left = state >> 8 & 3, have = (state >> 2 & 63) << 6 | sextet(c), bits = phase * 6 % 8 + 6;
    if (bits >= 8) {
        bits -= 8;
        const uint32_t byte = have >> bits;
        have &= (1u << bits) - 1;
        if (!may_follow(byte, byte, left))
            return kept | NO_TEXT;
        left = left ? left - 1 : byte < 0xC2 ? 0 : byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    }
    /* a run of eight characters may end here, and is then decoded without the bits left over */
    if (bits && count < 8 && !may_follow(have << (8 - bits), ((have + 1) << (8 - bits)) - 1, left))
        return kept | NO_TEXT;
    return kept | left << 8 | have << 2 | (bits == 0 ? 0 : phase + 1);
}

/* Bytes apart by spaces, each of two digits: bits 0-7 of the state count the digits of the last, 255 where it is none; the
 * rest the bytes before it. From six bytes on they may be a payload, whatever follows. */
static uint32_t space(uint32_t state, int is_digit, int in_word)
{
    uint32_t digits = state & 255, bytes = state >> 8;
    if (bytes >= 6)
        return state;
    if (is_digit)
        digits = digits >= 2 || (digits == 0 && in_word) ? 255 : digits + 1;
    else {
        bytes = digits == 2 ? bytes + 1 : 0;
        digits = 0;
    }
    return digits == 2 && bytes == 5 ? 6 << 8 : bytes << 8 | digits;
}

/* Look at one more character of a run, for whether the run may be the beginning of a payload. */
static void look(Runs *runs, int kind, Py_UCS4 c, int first)
{
    const Py_UCS4 last = runs->last, low = last | 0x20;
    const int in_word = (last >= '0' && last <= '9') || (low >= 'a' && low <= 'z' && last < 0x80);
    const uint32_t state = first ? 0 : runs->opening[kind];
    const int is_digit = c != ' ' && c != ',' && c != ':';
    switch (1 << kind) {
    case LETTERS: runs->opening[kind] = decode(state, c, last); break;
    case HEX: runs->opening[kind] = space(state, is_digit, in_word); break;
    case ESCAPES: runs->opening[kind] = c == 'U' || c == '0'; break;
    }
}

/* Whether a run that goes on may look like the beginning of a payload: what guiju.text.openings says, or more. */
static int may_begin(const Runs *runs, int kind)
{
    const uint32_t telling = runs->telling[kind], beside = runs->beside[kind], opening = runs->opening[kind];
    switch (1 << kind) {
    case LETTERS: return may_be_one(opening) || opening & WAS_ONE;
    case HEX: return (opening & 255) != 255 && opening != 0;
    case BINARY: return beside >= 1; /* also of decimal numbers */
    case PERCENT: return telling >= 1;
    case ENTITIES: return telling >= 1;
    case ESCAPES: return telling >= 1 || opening;
    default: return beside >= 1;
    }
}

/* Take one character (0 of no alphabet ends everything); false where a run has ended, or grown long, that may hold something. */
static int step(Runs *runs, Py_UCS4 c)
{
    const unsigned mask = alphabets(c);
    for (int kind = 0; kind < KINDS; kind++) {
        int64_t *start = &runs->start[kind];
        if (!(mask >> kind & 1)) {
            if (*start >= 0 && may_hold(runs, kind, runs->size - *start))
                return 0;
            *start = -1;
            continue;
        }
        const int first = *start < 0;
        if (first) {
            *start = runs->size;
            runs->telling[kind] = runs->beside[kind] = 0;
        }
        count(runs, kind, c, first);
        look(runs, kind, c, first);
        if (runs->size - *start >= LONGEST)
            return 0;
    }
    runs->size++;
    runs->last = c;
    return 1;
}

static int any_open(const Runs *runs)
{
    for (int kind = 0; kind < KINDS; kind++)
        if (runs->start[kind] >= 0)
            return 1;
    return 0;
}

/* Characters of a text, a few at a time, so that none is copied as a whole. */
typedef struct {
    PyObject *text;
    Py_ssize_t size;
    Py_UCS4 few[GUIJU_SHORT];
} Reader;

static Py_ssize_t some(Reader *reader, Py_ssize_t from)
{
    Py_ssize_t count = reader->size - from < GUIJU_SHORT ? reader->size - from : GUIJU_SHORT;
    if (from == 0 && count == reader->size)
        return count == 0 || PyUnicode_AsUCS4(reader->text, reader->few, GUIJU_SHORT, 0) != NULL ? count : -1;
    PyObject *part = PyUnicode_Substring(reader->text, from, from + count);
    if (part == NULL || PyUnicode_AsUCS4(part, reader->few, GUIJU_SHORT, 0) == NULL)
        count = -1;
    Py_XDECREF(part);
    return count;
}

/* Columns: two short lines of Chinese characters, with a few letters and digits, in a row. */
typedef struct {
    int before, valid, letters, han;
} Line;

static int end_line(Line *line)
{
    const int short_one = line->valid && line->han && line->letters <= LONGEST_LINE, found = short_one && line->before;
    *line = (Line){short_one, 1, 0, 0};
    return found;
}

/* Take a character of a line; true where columns may have been seen. */
static int read_line(Line *line, Py_UCS4 c)
{
    if (c == '\n')
        return end_line(line);
    const int han = (c >= 0x3400 && c <= 0x9FFF) || c == 0x3000;
    const int letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80);
    line->han |= han;
    line->letters += (han || letter) && line->letters <= LONGEST_LINE;
    line->valid &= han || letter || c == ' ' || c == '\t' || c == '\r';
    return 0;
}

/* Whether a text may hide another: 1 or 0, -1 with an exception. */
int guiju_hides(PyObject *text)
{
    Reader reader = {.text = text, .size = PyUnicode_GetLength(text)};
    Runs runs = {.start = {-1, -1, -1, -1, -1, -1, -1}};
    Line line = {0, 1, 0, 0};
    int open = 0;
    for (Py_ssize_t from = 0; from < reader.size; from += GUIJU_SHORT) {
        const Py_ssize_t size = some(&reader, from);
        if (size < 0)
            return -1;
        for (Py_ssize_t i = 0; i < size; i++) {
            const Py_UCS4 c = reader.few[i];
            if (read_line(&line, c))
                return 1;
            if (!open && c >= 0x2E80) {
                runs.size++;
                continue;
            }
            if (!step(&runs, c))
                return 1;
            open = any_open(&runs);
        }
    }
    return !step(&runs, 0) || end_line(&line);
}

static PyObject *hides(PyObject *module, PyObject *text)
{
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is needed");
        return NULL;
    }
    const int found = guiju_hides(text);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

static PyObject *follow(PyObject *module, PyObject *arguments)
{
    PyObject *state, *text;
    Py_buffer buffer;
    if (!PyArg_ParseTuple(arguments, "OU", &state, &text) || PyObject_GetBuffer(state, &buffer, PyBUF_WRITABLE) < 0)
        return NULL;
    Reader reader = {.text = text, .size = PyUnicode_GetLength(text)};
    Runs runs;
    long long told = -1;
    if (buffer.len != sizeof runs) {
        PyErr_SetString(PyExc_ValueError, "this is no state of runs");
        goto done;
    }
    memcpy(&runs, buffer.buf, sizeof runs);
    int open = any_open(&runs), going = 1;
    for (Py_ssize_t from = 0; going && from < reader.size; from += GUIJU_SHORT) {
        const Py_ssize_t size = some(&reader, from);
        if (size < 0)
            goto done;
        for (Py_ssize_t i = 0; going && i < size; i++) {
            if (!open && reader.few[i] >= 0x2E80) {
                runs.size++;
                runs.last = 0;
                continue;
            }
            going = step(&runs, reader.few[i]);
            open = any_open(&runs);
        }
    }
    if (!going)
        goto done;
    int64_t first = runs.size;
    int begun = 0;
    for (int kind = 0; open && kind < KINDS; kind++)
        if (runs.start[kind] >= 0) {
            first = runs.start[kind] < first ? runs.start[kind] : first;
            begun |= may_begin(&runs, kind);
        }
    memcpy(buffer.buf, &runs, sizeof runs);
    told = first * 2 + begun;
done:
    PyBuffer_Release(&buffer);
    return PyErr_Occurred() ? NULL : PyLong_FromLongLong(told);
}

PyMethodDef guiju_runs_functions[] = {
    {"hides", hides, METH_O, NULL},
    {"follow", follow, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
