/* Opening the tables of guiju.moderation.screening: every size and every index in them is checked once, here. */
#include "tables.h"
#include <stdlib.h>
#include <string.h>

static const char NAME[] = "guiju.tables";
static const char MAGIC[8] = {'G', 'U', 'I', 'J', 'U', 'S', 'C', '4'};

enum { TRIES = 4, TRIE_PARTS = 6, OTHERS = 13, SECTIONS = TRIES * TRIE_PARTS + OTHERS };

typedef struct {
    char magic[8];
    uint32_t sections, longest_word, longest_sound, reach;
    struct {
        uint64_t offset, size;
    } section[SECTIONS];
} Header;

const Tables *guiju_tables(PyObject *capsule)
{
    return PyCapsule_GetPointer(capsule, NAME);
}

static void forget(PyObject *capsule)
{
    Tables *tables = PyCapsule_GetPointer(capsule, NAME);
    PyBuffer_Release(&tables->buffer);
    free(tables);
}

/* A section as an array of values of `width` bytes; NULL where it does not lie inside the buffer or is cut off. */
static const void *section(const Py_buffer *buffer, const Header *header, int which, size_t width, uint32_t *count)
{
    *count = 0;
    uint64_t offset = header->section[which].offset, size = header->section[which].size, whole = (uint64_t)buffer->len;
    if (offset > whole || size > whole - offset || offset % 8 || size % width || size / width >= NOTHING)
        return NULL;
    *count = (uint32_t)(size / width);
    return (const char *)buffer->buf + offset;
}

static int power_of_two(uint32_t value)
{
    return value && (value & (value - 1)) == 0;
}

/* A trie whose every index leads into itself, whose labels are of its alphabet. */
static int open_trie(const Py_buffer *buffer, const Header *header, int from, Trie *trie)
{
    uint32_t firsts, labels, flags, values, roots, words;
    trie->first = section(buffer, header, from, 4, &firsts);
    trie->label = section(buffer, header, from + 1, 2, &labels);
    trie->flags = section(buffer, header, from + 2, 1, &flags);
    trie->value = section(buffer, header, from + 3, 4, &values);
    trie->root = section(buffer, header, from + 4, 4, &roots);
    trie->filter = section(buffer, header, from + 5, 4, &words);
    if (!trie->first || !trie->label || !trie->flags || !trie->value || !trie->root || !trie->filter)
        return 0;
    if (firsts < 2 || labels != firsts - 1 || flags != labels || values != labels || !roots || roots > 0x10000)
        return 0;
    if (words % roots || !power_of_two(words / roots) || words / roots > 1u << 16)
        return 0;
    trie->nodes = labels;
    trie->alphabet = roots;
    trie->bits = 5;
    for (uint32_t rest = words / roots; rest > 1; rest >>= 1)
        trie->bits++;
    for (uint32_t i = 0; i < labels; i++)
        if (trie->first[i] > trie->first[i + 1] || trie->first[i + 1] > labels || trie->label[i] >= roots)
            return 0;
    for (uint32_t i = 0; i < roots; i++)
        if (trie->root[i] != NOTHING && trie->root[i] >= labels)
            return 0;
    return 1;
}

/* Values of a trie lie below `count`. */
static int values_below(const Trie *trie, uint32_t count)
{
    for (uint32_t i = 0; i < trie->nodes; i++)
        if (trie->value[i] != NOTHING && trie->value[i] >= count)
            return 0;
    return 1;
}

/* Numbers of characters are of the alphabets, so that a root can be asked for each without a look at it. */
static int open_characters(const Py_buffer *buffer, const Header *header, int from, Tables *tables)
{
    uint32_t basic, emoji, leet;
    tables->basic = section(buffer, header, from, sizeof(Entry), &basic);
    tables->emoji = section(buffer, header, from + 1, 2, &emoji);
    tables->leet = section(buffer, header, from + 2, 2, &leet);
    if (!tables->basic || !tables->emoji || !tables->leet)
        return 0;
    if (basic != BASIC || emoji != EMOJI_TO - EMOJI_FROM || leet != 2 * tables->heads.alphabet)
        return 0;
    for (uint32_t i = 0; i < basic; i++) {
        const Entry *entry = &tables->basic[i];
        if (entry->word >= tables->words.alphabet || entry->sound >= tables->sounds.alphabet ||
            entry->head >= tables->heads.alphabet)
            return 0;
    }
    for (uint32_t i = 0; i < leet; i++)
        if (tables->leet[i] >= tables->words.alphabet)
            return 0;
    return 1;
}

static int rising(const uint32_t *from, uint32_t count, uint32_t last)
{
    if (!count || from[count - 1] > last)
        return 0;
    for (uint32_t i = 1; i < count; i++)
        if (from[i] < from[i - 1])
            return 0;
    return 1;
}

static int open_others(const Py_buffer *buffer, const Header *header, int from, Tables *tables)
{
    uint32_t joined, groups, keys, plain, follow;
    tables->pairs = section(buffer, header, from, 4, &tables->pair_count);
    tables->joined = section(buffer, header, from + 1, 2, &joined);
    tables->groups = section(buffer, header, from + 2, 4, &groups);
    tables->units = section(buffer, header, from + 3, 2, &tables->unit_count);
    tables->marks_from = section(buffer, header, from + 4, 4, &keys);
    tables->marks = section(buffer, header, from + 5, 4, &tables->mark_count);
    tables->rules = section(buffer, header, from + 6, sizeof(Rule), &tables->rule_count);
    tables->plain = section(buffer, header, from + 7, 2, &plain);
    tables->neighbours = section(buffer, header, from + 8, 4, &tables->neighbour_count);
    tables->follow = section(buffer, header, from + 9, 4, &follow);
    if (!tables->follow || !power_of_two(follow) || follow > 1u << 27)
        return 0;
    for (tables->follow_bits = 5; follow > 1; follow >>= 1)
        tables->follow_bits++;
    if (!tables->pairs || !tables->joined || !tables->groups || !tables->units || !tables->marks_from ||
        !tables->marks || !tables->rules || !tables->plain || !tables->neighbours || plain != BASIC || joined != tables->pair_count || tables->rule_count > MOST_RULES)
        return 0;
    if (!rising(tables->groups, groups, tables->unit_count) || !rising(tables->marks_from, keys, tables->mark_count))
        return 0;
    tables->group_count = groups - 1;
    tables->mark_keys = keys - 1;
    for (uint32_t i = 0; i < joined; i++)
        if (tables->joined[i] >= tables->words.alphabet)
            return 0;
    for (uint32_t i = 0; i < tables->rule_count; i++)
        if (tables->rules[i].slots > SLOTS || tables->rules[i].detector > 1)
            return 0;
    for (uint32_t i = 0; i < tables->mark_count; i++)
        if (tables->marks[i] >> 3 >= tables->rule_count && (tables->marks[i] & 7) != INITIALS_SLOT)
            return 0;
        else if ((tables->marks[i] & 7) == MAIL_SLOT)
            tables->mail |= 1u << tables->rules[tables->marks[i] >> 3].detector;
    return 1;
}

static int open_all(Tables *tables)
{
    Header header;
    if ((size_t)tables->buffer.len < sizeof header)
        return 0;
    memcpy(&header, tables->buffer.buf, sizeof header);
    if (memcmp(header.magic, MAGIC, sizeof MAGIC) || header.sections != SECTIONS)
        return 0;
    Trie *const tries[TRIES] = {&tables->words, &tables->sounds, &tables->heads, &tables->spelling};
    for (int i = 0; i < TRIES; i++)
        if (!open_trie(&tables->buffer, &header, i * TRIE_PARTS, tries[i]))
            return 0;
    if (!open_characters(&tables->buffer, &header, TRIES * TRIE_PARTS, tables) ||
        !open_others(&tables->buffer, &header, TRIES * TRIE_PARTS + 3, tables))
        return 0;
    tables->longest_word = header.longest_word;
    tables->longest_sound = header.longest_sound;
    tables->reach = header.reach;
    return values_below(&tables->sounds, tables->group_count) && values_below(&tables->heads, tables->mark_keys) &&
           values_below(&tables->spelling, tables->sounds.alphabet) && tables->spelling.alphabet == 27;
}

static PyObject *tables(PyObject *module, PyObject *given)
{
    Tables *made = calloc(1, sizeof(Tables));
    if (made == NULL)
        return PyErr_NoMemory();
    if (PyObject_GetBuffer(given, &made->buffer, PyBUF_C_CONTIGUOUS) < 0) {
        free(made);
        return NULL;
    }
    if ((uintptr_t)made->buffer.buf % 8 == 0 && open_all(made)) {
        PyObject *capsule = PyCapsule_New(made, NAME, forget);
        if (capsule != NULL)
            return capsule;
    } else
        PyErr_SetString(PyExc_ValueError, "these are no tables of this version, or damaged ones");
    PyBuffer_Release(&made->buffer);
    free(made);
    return NULL;
}

PyMethodDef guiju_tables_functions[] = {
    {"tables", tables, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
