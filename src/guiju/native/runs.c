/* Runs of characters that may hide a text: proves of most texts and stream pieces that guiju.text.payloads has nothing to
 * decode. For each kind of encoding its alphabet, and what a payload of it needs at least. Errs on the side of asking.
 */
#include "native.h"
#include <string.h>

enum { KINDS = 7, LONGEST = 4096, LONGEST_LINE = 19 };
enum { LETTERS = 1, HEX = 2, BINARY = 4, PERCENT = 8, ENTITIES = 16, ESCAPES = 32, MORSE = 64 };

/* What is known of the runs that have not ended: where each begins (-1: none is open), and two counts per kind. Python keeps
 * it as bytes; `size` is how many characters have been seen. */
typedef struct {
    int64_t size, start[KINDS];
    uint32_t telling[KINDS], beside[KINDS];
} Runs;

/* Which alphabets a character is of. */
static unsigned alphabets(Py_UCS4 c)
{
    const Py_UCS4 low = c | 0x20;
    if (low >= 'a' && low <= 'z' && c < 0x80)
        return LETTERS | PERCENT | (low <= 'f' ? HEX | ENTITIES | ESCAPES : low == 'x' ? ENTITIES | (c == 'x' ? ESCAPES : 0) : low == 'u' ? ESCAPES : 0);
    if (c >= '0' && c <= '9')
        return LETTERS | HEX | PERCENT | ENTITIES | ESCAPES | (c <= '1' ? BINARY : 0);
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
    case ESCAPES: telling = c == '\\' || c == '+'; break;
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
    case LETTERS: return size >= 8 && is_mixed(telling);
    case HEX: return telling >= 5 && beside >= 12;
    case BINARY: return telling >= 5 && beside >= 48;
    case PERCENT: return telling >= 3 && size >= 9;
    case ENTITIES: return telling >= 2 && beside >= 2 && size >= 8;
    case ESCAPES: return telling >= 2 && size >= 8;
    default: return telling >= 3 && beside >= 4;
    }
}

/* Whether a run that goes on may look like the beginning of a payload. */
static int may_begin(const Runs *runs, int kind, int64_t size)
{
    const uint32_t telling = runs->telling[kind], beside = runs->beside[kind];
    switch (1 << kind) {
    case LETTERS: return size >= 8 && is_mixed(telling);
    case HEX: return telling >= 3 && beside >= 6;
    case BINARY: return telling >= 1 && beside >= 16;
    case PERCENT: return telling >= 1;
    case ENTITIES: return telling >= 1 && beside >= 1;
    case ESCAPES: return telling >= 1;
    default: return telling >= 1 && beside >= 2;
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
        if (runs->size - *start >= LONGEST)
            return 0;
    }
    runs->size++;
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

static PyObject *hides(PyObject *module, PyObject *text)
{
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is needed");
        return NULL;
    }
    Reader reader = {.text = text, .size = PyUnicode_GetLength(text)};
    Runs runs = {0, {-1, -1, -1, -1, -1, -1, -1}, {0}, {0}};
    Line line = {0, 1, 0, 0};
    int open = 0;
    for (Py_ssize_t from = 0; from < reader.size; from += GUIJU_SHORT) {
        const Py_ssize_t size = some(&reader, from);
        if (size < 0)
            return NULL;
        for (Py_ssize_t i = 0; i < size; i++) {
            const Py_UCS4 c = reader.few[i];
            if (read_line(&line, c))
                Py_RETURN_TRUE;
            if (!open && c >= 0x2E80) {
                runs.size++;
                continue;
            }
            if (!step(&runs, c))
                Py_RETURN_TRUE;
            open = any_open(&runs);
        }
    }
    return PyBool_FromLong(!step(&runs, 0) || end_line(&line));
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
            begun |= may_begin(&runs, kind, runs.size - runs.start[kind]);
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
