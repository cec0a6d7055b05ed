/* Screening: proving that the detectors `words`, `sounds`, `patterns` and `pii` find nothing in a text, so that they need not
 * look. The detectors in Python say what is found; this only ever errs on the side of asking them. A test holds it to that.
 *
 * A text is looked up character by character, its letters are squeezed together, and each place is asked for the words that
 * may begin there: one bit for nearly all of them, a walk down a trie for the rest.
 */
#include "tables.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_GAP = 4, NEAR = MAX_GAP + 1, LONGEST_RUN = 48, LONGEST_SYLLABLE = 6, ROTATED_FROM = 9, LETTERS = 26 };
enum { LONGEST_CHAIN = 16, ALIKE = 2, ALL_DIFFER = 4, LONGEST_SUFFIX = 256, FOUND_HEADS = 64, NO_LETTER = 0xFFFF };
/* Who must be asked; of `words` also whether other readings than the plain one may matter. */
enum { ASK_ALL = 1, ASK_WORDS = 2, ASK_SOUNDS = 4, ASK_PATTERNS = 8, ASK_PII = 16, ASK_REPEATS = 32, ASK_SIGNS = 64 };
enum { ANY_WORD = DENY | ALLOW | DOUBLED };

/* A text looked up. Letters are those of the squeezed text; 0 stands where no word reaches across. */
typedef struct {
    const Tables *tables;
    const Py_UCS4 *code;      /* the characters as they are written */
    Py_ssize_t size, letters;
    Entry *entry;             /* of each character */
    uint16_t *word, *sound;   /* of each letter */
    uint32_t *at;             /* where each letter stands */
    uint16_t *other;          /* room for another reading of the letters ... */
    uint32_t *start, *end;    /* ... for where each of it was read from ... */
    uint8_t *odd;             /* ... and whether it is written otherwise */
    uint32_t *joint;          /* what each character makes together with the next, or NOTHING; see has_signs */
    uint32_t *spot;           /* room for places where a key may begin */
    uint32_t *halves;         /* where a first half is followed by a second one, */
    Py_ssize_t half_count;    /* so many times */
    unsigned seen;            /* the flags of all characters together */
    int leet;                 /* there are digits after a letter */
    int noted, signs;         /* what has_signs has found, once it has looked */
    int repeated;             /* a letter follows itself */
} Text;

/* Letters as they are read, with their places. `odd`: NULL where all stand as they are written. */
typedef struct {
    const uint16_t *id;
    const uint32_t *start, *end;
    const uint8_t *odd;
    Py_ssize_t count;
    int once;
} View;

/* ---- looking up ------------------------------------------------------------------------------------------------- */

enum { BYTES_EACH = sizeof(Entry) + 3 * sizeof(uint16_t) + 6 * sizeof(uint32_t) + 1 };

static void lay_out(Text *text, char *room, Py_ssize_t size)
{
    text->size = size;
    text->entry = (Entry *)room;
    text->at = (uint32_t *)(text->entry + size);
    text->start = text->at + size;
    text->end = text->start + size;
    text->joint = text->end + size;
    text->spot = text->joint + size;
    text->halves = text->spot + size;
    text->word = (uint16_t *)(text->halves + size);
    text->sound = text->word + size;
    text->other = text->sound + size;
    text->odd = (uint8_t *)(text->other + size);
}

/* Look up every character; false where one of them is beyond the tables or only the reader can tell what it is. */
static int look_up(Text *text, const Py_UCS4 *code)
{
    const Entry *basic = text->tables->basic;
    const Py_ssize_t size = text->size;
    unsigned seen = 0, leet = 0, before = 0;
    Py_ssize_t halves = 0;
    text->code = code;
    for (Py_ssize_t i = 0; i < size; i++) {
        Entry entry;
        if (code[i] < BASIC)
            entry = basic[code[i]];
        else if (code[i] >= EMOJI_FROM && code[i] < EMOJI_TO)
            entry = (Entry){0, 0, 0, text->tables->emoji[code[i] - EMOJI_FROM]};
        else
            return 0;
        text->entry[i] = entry;
        seen |= entry.flags;
        leet |= before & IS_LETTER && entry.flags & IS_LEET;
        text->halves[halves] = (uint32_t)(i - 1);
        halves += before & IS_FIRST && entry.flags & IS_SECOND;
        before = entry.flags;
    }
    text->seen = seen;
    text->leet = (int)leet;
    text->half_count = halves;
    return !(seen & IS_ODD);
}

/* The letters, skip characters left out; a long gap leaves one letter that is in no word. */
static void squeeze(Text *text)
{
    Py_ssize_t count = 0;
    int gap = 0, repeated = 0;
    uint16_t before = 0;
    for (Py_ssize_t i = 0; i < text->size; i++) {
        const Entry entry = text->entry[i];
        if (!(entry.flags & IS_WORD)) {
            if (++gap != MAX_GAP + 1)
                continue;
            text->word[count] = text->sound[count] = before = 0;
        } else {
            gap = 0;
            repeated |= entry.word == before && before;
            text->word[count] = before = entry.word;
            text->sound[count] = entry.sound;
        }
        text->at[count++] = (uint32_t)i;
    }
    text->letters = count;
    text->repeated = repeated;
}

static unsigned flags_at(const Text *text, Py_ssize_t place)
{
    return place >= 0 && place < text->size ? text->entry[place].flags : 0;
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

/* Whether what lies between the letters of a word shows that it is none: see guiju.moderation.gaps. */
static int is_chance(const Text *text, const View *view, Py_ssize_t first, Py_ssize_t last)
{
    Py_ssize_t filled = 0;
    int spaces = 1;
    for (Py_ssize_t k = first; k < last; k++) {
        if (text->entry[view->start[k]].flags & IS_LATIN)
            return 0;
        if (k == first || view->start[k] == view->end[k - 1])
            continue;
        filled++;
        for (uint32_t place = view->end[k - 1]; place < view->start[k]; place++) {
            if (!(text->entry[place].flags & IS_NATURAL))
                return 0;
            spaces &= (text->entry[place].flags & IS_SPACE) != 0;
        }
    }
    return filled && (filled < last - first - 1 || (last - first == 2 && !spaces));
}

/* Whether the word of the letters first to last may stand there. */
static int may_stand(const Text *text, const View *view, Py_ssize_t first, Py_ssize_t last, unsigned end)
{
    const Py_ssize_t from = view->start[first], to = view->end[last - 1];
    const int left = flags_at(text, from) & IS_LATIN, right = flags_at(text, to - 1) & IS_LATIN;
    if ((left && flags_at(text, from - 1) & IS_LATIN) || (right && flags_at(text, to) & IS_LATIN))
        return 0;
    if (to - from > (Py_ssize_t)text->tables->reach)
        return 0;
    if (view->odd == NULL)
        return to - from == last - first || end & OWN_GAPS || !is_chance(text, view, first, last);
    Py_ssize_t k = first + (view->once && !left), stop = last - (view->once && !right);
    for (; k < stop; k++)
        if (view->odd[k])
            return 1;
    return 0;
}

/* Whether the characters at `place` and after it follow one another in ordinary words. */
static int is_ordinary(const Text *text, Py_ssize_t place)
{
    const Tables *tables = text->tables;
    if (place < 0 || place + 1 >= text->size || text->code[place] >= BASIC || text->code[place + 1] >= BASIC)
        return 0;
    const uint32_t pair = (uint32_t)tables->plain[text->code[place]] << 16 | tables->plain[text->code[place + 1]];
    uint32_t low = 0, high = tables->neighbour_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (tables->neighbours[middle] < pair)
            low = middle + 1;
        else
            high = middle;
    }
    return low < tables->neighbour_count && tables->neighbours[low] == pair;
}

/* Whether a word by its sound is certainly none, where it stands as it is written: see _told_apart of the detector `words`. */
static int is_misheard(const Text *text, const View *view, Py_ssize_t first, Py_ssize_t last, int whole)
{
    const Py_ssize_t from = view->start[first], to = view->end[last - 1];
    if (view->odd != NULL)
        return 0;
    for (Py_ssize_t place = from; place < to; place++)
        if (text->entry[place].flags & IS_NATURAL)
            return 1;
    return (whole || to < text->size) && (is_ordinary(text, from - 1) || is_ordinary(text, to - 1));
}

/* The places where a key of two labels or more may begin, by the filter alone. Nothing here waits for what was found before, so
 * that the rows of the filter, which lie far apart, are fetched side by side. */
static Py_ssize_t spots(const Trie *trie, const uint16_t *id, Py_ssize_t count, int arity, uint32_t *found)
{
    Py_ssize_t many = 0;
    for (Py_ssize_t first = 0; first < count - arity + 1; first++) {
        found[many] = (uint32_t)first;
        many += may_begin(trie, id[first], id[first + 1], arity > 2 ? id[first + 2] : 0);
    }
    if (arity == 2 && count > 0) {
        found[many] = (uint32_t)count - 1;
        many += may_begin(trie, id[count - 1], 0, 0);
    }
    return many;
}

/* Whether a word that ends in one of `ends` may begin with the letter `first`. */
static int begins_word(const Text *text, const View *view, Py_ssize_t first, unsigned ends, int whole)
{
    const Trie *trie = &text->tables->words;
    const uint16_t *id = view->id + first;
    const Py_ssize_t left = view->count - first;
    uint32_t node = trie->root[id[0]];
    for (Py_ssize_t n = 1; node != NOTHING; n++) {
        const unsigned flags = trie->flags[node];
        if (flags & ends && (!whole || may_stand(text, view, first, first + n, flags)) &&
            !(flags & HEARD && is_misheard(text, view, first, first + n, whole)))
            return 1;
        if (n == left || !id[n])
            break;
        node = child(trie, node, id[n]);
    }
    return 0;
}

/* The same for a word anywhere among letters as they are written. */
static int has_plain_word(const Text *text, const View *view, unsigned ends, int whole)
{
    const Py_ssize_t many = spots(&text->tables->words, view->id, view->count, 2, text->spot);
    for (Py_ssize_t n = 0; n < many; n++)
        if (begins_word(text, view, text->spot[n], ends, whole))
            return 1;
    return 0;
}

/* Whether a word that ends in one of `ends` may stand in the letters. */
static int has_word(const Text *text, const View *view, unsigned ends, int whole)
{
    const Trie *trie = &text->tables->words;
    Py_ssize_t odd = -1;
    if (view->odd == NULL)
        return has_plain_word(text, view, ends, whole);
    for (Py_ssize_t first = 0; first < view->count; first++) {
        if (odd < first) { /* a word without one was seen among the letters as they are written */
            for (odd = first; odd < view->count && !view->odd[odd];)
                odd++;
            if (odd == view->count)
                return 0;
            if (odd - first >= (Py_ssize_t)text->tables->longest_word)
                first = odd - (Py_ssize_t)text->tables->longest_word + 1;
        }
        const uint16_t *id = view->id + first;
        if (may_begin(trie, id[0], first + 1 < view->count ? id[1] : 0, 0) &&
            begins_word(text, view, first, ends, whole))
            return 1;
    }
    return 0;
}

static uint32_t pair_of(const Tables *tables, Entry first, Entry second)
{
    const uint32_t key = (uint32_t)first.word << 16 | second.word;
    uint32_t low = 0, high = tables->pair_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (tables->pairs[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < tables->pair_count && tables->pairs[low] == key ? tables->joined[low] : NOTHING;
}

/* Whether anything is written otherwise: pairs of components, which are noted, or digits after a letter. */
static int has_signs(Text *text)
{
    if (text->noted)
        return text->signs;
    text->noted = 1;
    text->signs = text->leet;
    for (Py_ssize_t n = 0; n < text->half_count; n++) {
        const Entry *entry = text->entry + text->halves[n];
        const uint32_t made = may_follow(text->tables, entry[0].word, entry[1].word)
                                  ? pair_of(text->tables, entry[0], entry[1]) : NOTHING;
        text->spot[n] = made;
        text->signs |= made != NOTHING;
    }
    if (text->signs) {
        memset(text->joint, 0xFF, (size_t)text->size * sizeof *text->joint);
        for (Py_ssize_t n = 0; n < text->half_count; n++)
            text->joint[text->halves[n]] = text->spot[n];
    }
    return text->signs;
}

/* The number of the letter before or after a place, in steps of -1 or 1; 0 where no word reaches it. */
static uint16_t letter_beside(const Text *text, Py_ssize_t place, int step, Py_ssize_t *where)
{
    *where = -1;
    for (int gap = 0; gap <= MAX_GAP && place >= 0 && place < text->size; gap++, place += step)
        if (text->entry[place].flags & IS_WORD) {
            *where = place;
            return text->entry[place].word;
        }
    return 0;
}

/* Whether a sign may be part of a word: a digit may always, a pair where what it makes stands beside a letter as in some word,
 * or beside another pair. */
static int is_promising(const Text *text)
{
    Py_ssize_t where;
    if (text->leet)
        return 1;
    for (Py_ssize_t n = 0; n < text->half_count; n++) {
        const Py_ssize_t i = text->halves[n];
        if (text->joint[i] == NOTHING)
            continue;
        const uint16_t made = (uint16_t)text->joint[i];
        const uint16_t after = letter_beside(text, i + 2, 1, &where);
        if ((where >= 0 && text->joint[where] != NOTHING) || (after && may_follow(text->tables, made, after)))
            return 1;
        const uint16_t before = letter_beside(text, i - 1, -1, &where);
        if (before && may_follow(text->tables, before, made))
            return 1;
    }
    return 0;
}

/* The letters with pairs joined and digits read as letters, in one of two readings: see guiju.text.rewriting. */
static View rewritten(Text *text, int which)
{
    const Tables *tables = text->tables;
    Py_ssize_t count = 0, done = 0, pairs = 0;
    int gap = 0, leet = 0;
    for (Py_ssize_t i = 0; i < text->size; i++) {
        const Entry entry = text->entry[i];
        const uint32_t pair = text->joint[i];
        const Py_ssize_t before = pairs < LONGEST_CHAIN ? pairs : LONGEST_CHAIN;
        pairs = pair == NOTHING ? 0 : pairs + 1;
        leet = entry.flags & IS_LEET && (leet || flags_at(text, i - 1) & IS_LETTER);
        if (i < done)
            continue;
        text->start[count] = (uint32_t)i;
        if (pair != NOTHING && ((before == 0 && (i + 1 == text->size || text->joint[i + 1] == NOTHING)) || before % 2 == which)) {
            text->other[count] = (uint16_t)pair;
            done = i + 2;
        } else if (leet) {
            text->other[count] = tables->leet[2 * entry.head + which];
            done = i + 1;
        } else {
            done = i + 1;
            if (entry.flags & IS_WORD) {
                gap = 0;
                text->other[count] = entry.word;
            } else if (++gap == MAX_GAP + 1)
                text->other[count] = 0;
            else
                continue;
            text->end[count] = (uint32_t)done;
            text->odd[count++] = 0;
            continue;
        }
        gap = 0;
        text->end[count] = (uint32_t)done;
        text->odd[count++] = 1;
    }
    return (View){text->other, text->start, text->end, text->odd, count, 0};
}

/* The letters with every repeated one read once; `bounded`: a long run is read as two that no word reaches across. */
static View collapsed(Text *text, int bounded)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t k = 0, next; k < text->letters; k = next) {
        const uint16_t id = text->word[k];
        for (next = k + 1; id && next < text->letters && text->word[next] == id;)
            next++;
        const Py_ssize_t runs = bounded && next - k - 1 > MAX_GAP ? 3 : 1;
        for (Py_ssize_t run = 0; run < runs; run++) {
            const Py_ssize_t from = run == 2 ? next - 1 : k + run, to = run == 1 ? next - 2 : runs == 3 ? from : next - 1;
            text->other[count] = run == 1 ? 0 : id;
            text->start[count] = text->at[from];
            text->end[count] = text->at[to] + 1;
            text->odd[count++] = runs == 1 && next - k > 1;
        }
    }
    return (View){text->other, text->start, text->end, text->odd, count, 1};
}

static View as_written(const Text *text, uint32_t *ends)
{
    for (Py_ssize_t k = 0; k < text->letters; k++)
        ends[k] = text->at[k] + 1;
    return (View){text->word, text->at, ends, NULL, text->letters, 0};
}

/* Whether a word that ends in one of `ends` may stand there once its repeats, or its signs, are read. */
static int in_repeats(Text *text, unsigned ends)
{
    const View view = text->repeated ? collapsed(text, 0) : (View){0};
    return text->repeated && has_word(text, &view, ends, 1);
}

static int in_signs(Text *text, unsigned ends)
{
    if (!has_signs(text) || !is_promising(text))
        return 0;
    for (int which = 0; which < 2; which++) {
        const View view = rewritten(text, which);
        if (has_word(text, &view, ends, 1))
            return 1;
    }
    return 0;
}

/* Whether the detector `words` may find anything in a whole text, and in which readings; an allow entry counts there, too. */
static unsigned words_may(Text *text)
{
    const View view = as_written(text, text->end);
    if (text->seen & IS_EMOJI)
        return ASK_WORDS | ASK_REPEATS | ASK_SIGNS;
    if (!has_word(text, &view, DENY, 1) && !in_repeats(text, DENY | DOUBLED) && !in_signs(text, DENY))
        return 0;
    return ASK_WORDS | (in_repeats(text, ANY_WORD) ? ASK_REPEATS : 0) | (in_signs(text, ANY_WORD) ? ASK_SIGNS : 0);
}

/* ---- sounds ----------------------------------------------------------------------------------------------------- */

/* The syllables that a run of letters (1 to 26) spells, longest first; their lengths and numbers. 0 where it spells none. */
static int spell(const Trie *trie, const uint8_t *letter, int size, uint8_t *lengths, uint16_t *numbers)
{
    uint8_t longest[LONGEST_RUN + 1];
    uint16_t number[LONGEST_RUN + 1];
    longest[size] = 1;
    for (int i = size - 1; i >= 0; i--) {
        uint32_t node = trie->root[letter[i]];
        longest[i] = 0;
        for (int n = 1; node != NOTHING && n <= LONGEST_SYLLABLE; n++) {
            if (trie->value[node] != NOTHING && longest[i + n]) {
                longest[i] = (uint8_t)n;
                number[i] = (uint16_t)trie->value[node];
            }
            if (i + n == size)
                break;
            node = child(trie, node, letter[i + n]);
        }
    }
    int count = 0;
    for (int i = 0; longest[0] && i < size; i += lengths[count++]) {
        lengths[count] = longest[i];
        numbers[count] = number[i];
    }
    return count;
}

/* Whether a run of letters spells syllables at all; most runs show within a few letters that they do not. */
static int spells(const Trie *trie, const uint8_t *letter, int size)
{
    uint64_t reached = 1; /* bit n: the letters before n are syllables */
    for (int i = 0; i < size && reached >> i; i++) {
        uint32_t node = reached >> i & 1 ? trie->root[letter[i]] : NOTHING;
        for (int n = 1; node != NOTHING && n <= LONGEST_SYLLABLE; n++) {
            if (trie->value[node] != NOTHING)
                reached |= (uint64_t)1 << (i + n);
            if (i + n == size)
                break;
            node = child(trie, node, letter[i + n]);
        }
    }
    return reached >> size & 1;
}

/* The same for the run of letters at a place of the text, also shifted or mirrored in the alphabet, in the order of
 * guiju.text.ciphers; `run` is its length. */
static int spelled_at(const Text *text, Py_ssize_t place, Py_ssize_t run, uint8_t *lengths, uint16_t *numbers)
{
    const Trie *trie = &text->tables->spelling;
    uint8_t letter[LONGEST_RUN], turned[LONGEST_RUN];
    if (run > LONGEST_RUN)
        return 0;
    for (Py_ssize_t i = 0; i < run; i++) {
        const unsigned number = text->entry[place + i].head;
        if (number < 1 || number > LETTERS)
            return 0;
        letter[i] = (uint8_t)number;
    }
    const int count = spell(trie, letter, (int)run, lengths, numbers);
    if (count || run < ROTATED_FROM)
        return count;
    for (int turn = 0; turn < LETTERS; turn++) { /* 13, then 1 to 25 without it, then mirrored */
        const int by = turn == 0 ? LETTERS / 2 : turn <= LETTERS / 2 - 1 ? turn : turn + 1;
        for (Py_ssize_t i = 0; i < run; i++)
            turned[i] = (uint8_t)(turn == LETTERS - 1 ? LETTERS + 1 - letter[i] : (letter[i] - 1 + by) % LETTERS + 1);
        if (spells(trie, turned, (int)run))
            return spell(trie, turned, (int)run, lengths, numbers);
    }
    return 0;
}

static Py_ssize_t run_of_letters(const Text *text, Py_ssize_t place)
{
    Py_ssize_t end = place;
    while (end < text->size && text->entry[end].flags & IS_LETTER)
        end++;
    return end - place;
}

/* Whether letters may sound as part of a word: see guiju.text.sounding.has_spelling. */
static int has_spelling(const Text *text)
{
    uint8_t lengths[LONGEST_RUN];
    uint16_t numbers[LONGEST_RUN];
    int row = 0;
    if (!(text->seen & IS_LETTER))
        return 0;
    for (Py_ssize_t i = 0, run; i < text->size; i += run ? run : 1) {
        run = run_of_letters(text, i);
        if (run < 2)
            continue;
        const int count = spelled_at(text, i, run, lengths, numbers);
        row = count ? row + count : 0;
        if (row >= 3)
            return 1;
        for (Py_ssize_t k = i - NEAR; count && k < i + run + NEAR; k++)
            if (k >= 0 && k < text->size && !(text->entry[k].flags & IS_ASCII))
                return 1;
    }
    return 0;
}

/* The signs of a text in which something is spelled. */
static View spelled(Text *text)
{
    uint8_t lengths[LONGEST_RUN];
    uint16_t numbers[LONGEST_RUN];
    Py_ssize_t count = 0;
    for (Py_ssize_t k = 0; k < text->letters;) {
        const Py_ssize_t place = text->at[k];
        const Py_ssize_t run = run_of_letters(text, place);
        const int many = run ? spelled_at(text, place, run, lengths, numbers) : 0;
        uint32_t from = (uint32_t)place;
        for (int n = 0; n < many; n++) {
            text->other[count] = numbers[n];
            text->start[count] = from;
            text->end[count++] = from += lengths[n];
        }
        if (many) {
            k += run;
            continue;
        }
        for (Py_ssize_t n = run ? run : 1; n; n--, k++) {
            text->other[count] = text->sound[k];
            text->start[count] = text->at[k];
            text->end[count++] = text->at[k] + 1;
        }
    }
    return (View){text->other, text->start, text->end, NULL, count, 0};
}

/* What distinguishes the syllables as they are written from a word: see _plausible and _judge of the detector. `unit`: what the
 * word writes. Letters that spell a syllable may be what an unknown unit (NO_LETTER) is. */
static int may_mean(const Text *text, const View *view, const uint16_t *unit, Py_ssize_t first, Py_ssize_t size, int plain)
{
    Py_ssize_t alike = 0, differing = 0;
    int all_ascii = 1;
    for (Py_ssize_t k = 0; k < size; k++) {
        const uint32_t from = view->start[first + k];
        const Entry entry = text->entry[from];
        if (view->end[first + k] - from > 1) {
            differing += unit[k] != NO_LETTER;
        } else if (entry.word == unit[k]) {
            alike++;
        } else {
            differing++;
            all_ascii &= (entry.flags & IS_ASCII) != 0;
        }
    }
    if (alike == size)
        return 0;
    return size >= ALL_DIFFER || (plain ? alike == ALIKE : differing <= 1 || all_ascii);
}

/* Whether syllables that sound like words can be a disguise of one. `plain`: nothing is spelled. */
static int is_plausible(const Text *text, const View *view, uint32_t value, Py_ssize_t first, Py_ssize_t size, int plain)
{
    const Tables *tables = text->tables;
    int all_ascii = !plain;
    for (Py_ssize_t k = 0; all_ascii && k < size; k++)
        all_ascii = (text->entry[view->start[first + k]].flags & IS_ASCII) != 0;
    if (all_ascii || value >= tables->group_count)
        return 1;
    for (uint32_t from = tables->groups[value]; from + size <= tables->groups[value + 1]; from += (uint32_t)size)
        if (may_mean(text, view, tables->units + from, first, size, plain))
            return 1;
    return 0;
}

/* Whether what lies between syllables shows that they belong to several words. */
static int is_apart(const Text *text, const View *view, Py_ssize_t first, Py_ssize_t last)
{
    int all = 1, bad = 0;
    for (Py_ssize_t k = first + 1; k < last; k++) {
        int natural = 1, spaces = 1;
        const uint32_t from = view->end[k - 1], to = view->start[k];
        all &= to > from;
        for (uint32_t place = from; place < to; place++) {
            natural &= (text->entry[place].flags & IS_NATURAL) != 0;
            spaces &= (text->entry[place].flags & IS_SPACE) != 0;
        }
        if (to == from || !natural)
            continue;
        const unsigned beside = text->entry[to].flags | text->entry[view->start[k - 1]].flags;
        bad |= !(spaces && beside & IS_ASCII);
    }
    return bad && !all;
}

/* Whether a digit may be the tone of a syllable before it: how that sounds is Python's to say. */
static int has_tone(const Text *text)
{
    uint8_t lengths[LONGEST_RUN];
    uint16_t numbers[LONGEST_RUN];
    if (!(text->seen & IS_LETTER) || !(text->seen & IS_DIGIT))
        return 0;
    for (Py_ssize_t i = 1; i < text->size; i++) {
        if (!(text->entry[i].flags & IS_DIGIT) || !(text->entry[i - 1].flags & IS_LETTER) ||
            flags_at(text, i + 1) & IS_DIGIT)
            continue;
        Py_ssize_t start = i;
        while (start > 0 && i - start <= LONGEST_SYLLABLE && text->entry[start - 1].flags & IS_LETTER)
            start--;
        if (i - start <= LONGEST_SYLLABLE && spelled_at(text, start, i - start, lengths, numbers) == 1)
            return 1;
    }
    return 0;
}

/* How the sounds of a text are read, and whether anything in it is spelled. */
static View as_heard(Text *text, int *plain)
{
    *plain = !has_spelling(text);
    if (!*plain)
        return spelled(text);
    const View view = as_written(text, text->end);
    return (View){text->sound, view.start, view.end, NULL, text->letters, 0};
}

/* The first sound from a node on that may be heard at `first`; how many syllables it has, 0 for none. Called again with what it
 * has left in `node` and `size`, it goes on. */
static int next_sound(const Text *text, const View *view, Py_ssize_t first, int plain, uint32_t *node, Py_ssize_t *size)
{
    const Trie *trie = &text->tables->sounds;
    for (;;) {
        if (*size) {
            if (first + *size == view->count || !view->id[first + *size])
                return 0;
            *node = child(trie, *node, view->id[first + *size]);
        } else
            *node = trie->root[view->id[first]];
        if (*node == NOTHING)
            return 0;
        const Py_ssize_t n = ++*size;
        if (trie->value[*node] != NOTHING && is_plausible(text, view, trie->value[*node], first, n, plain) &&
            !is_apart(text, view, first, first + n))
            return 1;
    }
}

/* Whether a word may be heard in the signs. */
static int has_sound(const Text *text, const View *view, int plain)
{
    const Py_ssize_t many = spots(&text->tables->sounds, view->id, view->count, 3, text->spot);
    for (Py_ssize_t n = 0; n < many; n++) {
        uint32_t node = NOTHING;
        Py_ssize_t size = 0;
        if (next_sound(text, view, text->spot[n], plain, &node, &size))
            return 1;
    }
    return 0;
}

/* ---- patterns --------------------------------------------------------------------------------------------------- */

/* What has been seen of the rules, from the end of the text to its beginning. */
typedef struct {
    uint32_t (*next)[SLOTS]; /* per rule and slot: the next place of one of its literals */
    uint32_t *digits, *ascii; /* per place: how many there are before it; NULL until somebody asks */
    const Text *text;
    unsigned ask;
} Needs;

static int count_up(Needs *needs)
{
    const Py_ssize_t size = needs->text->size;
    if (needs->digits != NULL)
        return 1;
    needs->digits = malloc(2 * ((size_t)size + 1) * sizeof(uint32_t));
    if (needs->digits == NULL)
        return 0;
    needs->ascii = needs->digits + size + 1;
    needs->digits[0] = needs->ascii[0] = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        needs->digits[i + 1] = needs->digits[i] + ((needs->text->entry[i].flags & IS_DIGIT) != 0);
        needs->ascii[i + 1] = needs->ascii[i] + ((needs->text->entry[i].flags & IS_ASCII) != 0);
    }
    return 1;
}

/* Whether a match of the rule may begin at a place, by what must follow. */
static int may_match(Needs *needs, uint32_t number, Py_ssize_t place)
{
    const Rule *rule = &needs->text->tables->rules[number];
    for (int slot = 0; slot < rule->slots; slot++)
        if (needs->next[number][slot] - (uint32_t)place >= rule->width)
            return 0;
    if (!rule->digits && !rule->ascii)
        return 1;
    if (!count_up(needs))
        return 1;
    const Py_ssize_t size = needs->text->size, end = place + rule->width < size ? place + rule->width : size;
    return needs->digits[end] - needs->digits[place] >= rule->digits &&
           needs->ascii[end] - needs->ascii[place] >= rule->ascii;
}

/* Whether a run of letters from place to end is one by itself. */
static int stands_alone(const Text *text, Py_ssize_t place, Py_ssize_t end)
{
    return !(flags_at(text, place - 1) & IS_LATIN) && !(flags_at(text, end) & IS_LATIN);
}

/* What begins at a place: literals are noted, heads of rules that may match become questions. */
static void look_at(Needs *needs, Py_ssize_t place)
{
    const Text *text = needs->text;
    const Tables *tables = text->tables;
    const Trie *trie = &tables->heads;
    uint32_t heads[FOUND_HEADS], found = 0;
    uint32_t node = trie->root[text->entry[place].head];
    for (Py_ssize_t end = place + 1; node != NOTHING; end++) {
        const uint32_t value = trie->value[node];
        for (uint32_t m = value == NOTHING ? 0 : tables->marks_from[value];
             value != NOTHING && m < tables->marks_from[value + 1]; m++) {
            const uint32_t rule = tables->marks[m] >> 3, slot = tables->marks[m] & 7;
            if (slot < SLOTS)
                needs->next[rule][slot] = (uint32_t)place;
            else if (slot == INITIALS_SLOT)
                needs->ask |= stands_alone(text, place, end) ? ASK_SOUNDS : 0;
            else if (slot == MAIL_SLOT || found == FOUND_HEADS)
                needs->ask |= ASK_PATTERNS << tables->rules[rule].detector;
            else
                heads[found++] = rule;
        }
        if (end == text->size || !text->entry[end].head)
            break;
        node = child(trie, node, text->entry[end].head);
    }
    for (uint32_t n = 0; n < found; n++)
        if (!(needs->ask & ASK_PATTERNS << tables->rules[heads[n]].detector) && may_match(needs, heads[n], place))
            needs->ask |= ASK_PATTERNS << tables->rules[heads[n]].detector;
}

/* Which of the detectors by patterns may find anything in a whole text; also sounds, for initials. */
static unsigned patterns_may(const Text *text)
{
    const Trie *trie = &text->tables->heads;
    const uint32_t rules = text->tables->rule_count;
    uint32_t few[64][SLOTS];
    Needs needs = {few, NULL, NULL, text, 0};
    Py_ssize_t many = 0;
    if (rules > 64 && (needs.next = malloc(rules * sizeof *needs.next)) == NULL)
        return ASK_ALL;
    for (uint32_t rule = 0; rule < rules; rule++)
        for (int slot = 0; slot < SLOTS; slot++)
            needs.next[rule][slot] = NOTHING;
    for (Py_ssize_t place = 0; place < text->size; place++) {
        const uint16_t after = place + 1 < text->size ? text->entry[place + 1].head : 0;
        const unsigned begun = (unsigned)may_begin(trie, text->entry[place].head, after, 0);
        text->spot[many] = (uint32_t)place;
        many += (begun & (after != 0)) | (text->entry[place].flags / IS_HEAD & 1);
    }
    while (many--)
        look_at(&needs, text->spot[many]);
    if (needs.next != few)
        free(needs.next);
    free(needs.digits);
    return needs.ask;
}

/* ---- a window of a stream --------------------------------------------------------------------------------------- */

/* Where the parts of a window begin that more text may make something of; its size where there is none. */
typedef struct {
    Py_ssize_t deny, allow, sound, head[2], growing[2];
    unsigned ask;
} Undecided;

/* Nodes that a suffix of the letters before the last one leads to, each with where it starts; the root for none of them. */
typedef struct {
    uint32_t node[LONGEST_SUFFIX];
    Py_ssize_t first[LONGEST_SUFFIX];
    int count;
} Suffixes;

static void suffixes(const Trie *trie, const uint16_t *id, Py_ssize_t count, Py_ssize_t longest, Suffixes *found)
{
    Py_ssize_t first = count - longest > 0 ? count - longest : 0;
    found->count = 0;
    for (; first < count - 1 && found->count < LONGEST_SUFFIX - 1; first++) {
        uint32_t node = id[first] ? trie->root[id[first]] : NOTHING;
        for (Py_ssize_t k = first + 1; node != NOTHING && k < count - 1; k++)
            node = id[k] ? child(trie, node, id[k]) : NOTHING;
        if (node == NOTHING)
            continue;
        found->node[found->count] = node;
        found->first[found->count++] = first;
    }
    found->node[found->count] = NOTHING;
    found->first[found->count++] = count - 1;
}

static uint32_t go_on(const Trie *trie, uint32_t node, uint16_t id)
{
    return id == 0 ? NOTHING : node == NOTHING ? trie->root[id] : child(trie, node, id);
}

/* Where the held part begins that starts with a letter: of a repeated one at its last occurrence, with those right before
   it where it is Latin (see _first_of of the detector `words`). */
static Py_ssize_t begins(const Text *text, const View *view, Py_ssize_t first)
{
    if (view->odd == NULL)
        return view->start[first];
    const Py_ssize_t from = view->start[first];
    Py_ssize_t start = view->odd[first] ? (Py_ssize_t)view->end[first] - 1 : from;
    if (text->entry[start].flags & IS_LATIN)
        while (start > from && text->entry[start - 1].word == text->entry[start].word)
            start--;
    return text->size - start < (Py_ssize_t)text->tables->reach ? start : text->size;
}

/* How far back the letters, ended by `last`, may still become a word. */
static void hold_back(const Text *text, const View *view, const Suffixes *found, uint16_t last, Undecided *undecided)
{
    unsigned missing = DENY_LIVES | ALLOW_LIVES;
    for (int n = 0; n < found->count && missing; n++) {
        const uint32_t node = go_on(&text->tables->words, found->node[n], last);
        const unsigned lives = node == NOTHING ? 0 : text->tables->words.flags[node] & missing;
        if (!lives)
            continue;
        const Py_ssize_t place = begins(text, view, found->first[n]);
        if (lives & DENY_LIVES && place < undecided->deny)
            undecided->deny = place;
        if (lives & ALLOW_LIVES && place < undecided->allow)
            undecided->allow = place;
        missing &= ~lives;
    }
}

/* Words of a reading that may still grow, also with its last character joined to one that may come. */
static void words_growing(const Text *text, const View *view, Undecided *undecided)
{
    const Tables *tables = text->tables;
    Suffixes found;
    if (view->count == 0)
        return;
    const uint16_t last = view->id[view->count - 1];
    suffixes(&tables->words, view->id, view->count, tables->longest_word, &found);
    hold_back(text, view, &found, last, undecided);
    if (!(flags_at(text, text->size - 1) & IS_FIRST) || last != text->entry[text->size - 1].word)
        return;
    uint32_t low = 0, high = tables->pair_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (tables->pairs[middle] < (uint32_t)last << 16)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < tables->pair_count && tables->pairs[low] >> 16 == last; low++)
        hold_back(text, view, &found, tables->joined[low], undecided);
}

static void words_in_window(Text *text, Undecided *undecided)
{
    View view = as_written(text, text->end);
    if (text->seen & IS_EMOJI || has_word(text, &view, ANY_WORD, 0) ||
        has_signs(text)) {
        undecided->ask |= ASK_WORDS;
        return;
    }
    words_growing(text, &view, undecided);
    if (!text->repeated)
        return;
    view = collapsed(text, 1);
    if (has_word(text, &view, ANY_WORD, 0))
        undecided->ask |= ASK_WORDS;
    else
        words_growing(text, &view, undecided);
}

/* See _undecided of the detector `sounds`. */
static Py_ssize_t sounds_growing(const Text *text, const View *view)
{
    const Tables *tables = text->tables;
    const Py_ssize_t size = text->size, longest = tables->longest_sound;
    const Py_ssize_t tone = size && text->code[size - 1] >= '1' && text->code[size - 1] <= '5';
    Py_ssize_t keep = size, run = 0;
    while (run + tone < size && run <= LONGEST_RUN && text->entry[size - 1 - tone - run].flags & IS_LETTER)
        run++;
    if (run && run <= LONGEST_RUN)
        keep = size - tone - run;
    Py_ssize_t end = view->count;
    while (end > 0 && view->end[end - 1] > (uint32_t)keep)
        end--;
    for (Py_ssize_t first = end - longest + 1 > 0 ? end - longest + 1 : 0; first < end; first++) {
        uint32_t node = view->id[first] ? tables->sounds.root[view->id[first]] : NOTHING;
        for (Py_ssize_t k = first + 1; node != NOTHING && k < end; k++)
            node = view->id[k] ? child(&tables->sounds, node, view->id[k]) : NOTHING;
        if (node == NOTHING || !(tables->sounds.flags[node] & DENY_LIVES) ||
            size - (Py_ssize_t)view->start[first] >= (Py_ssize_t)tables->reach)
            continue;
        keep = (Py_ssize_t)view->start[first] < keep ? (Py_ssize_t)view->start[first] : keep;
        break;
    }
    while (keep > 0 && keep < size && text->entry[keep].flags & IS_LETTER && text->entry[keep - 1].flags & IS_LETTER)
        keep--;
    return keep;
}

static void sounds_in_window(Text *text, Undecided *undecided)
{
    int plain;
    const View view = as_heard(text, &plain);
    if (text->seen & IS_EMOJI || (!plain && has_tone(text)) || has_sound(text, &view, plain))
        undecided->ask |= ASK_SOUNDS;
    else
        undecided->sound = sounds_growing(text, &view);
}

/* Heads of rules in a window, and what may still become one. */
static void heads_in_window(const Text *text, Undecided *undecided)
{
    const Tables *tables = text->tables;
    const Trie *trie = &tables->heads;
    for (Py_ssize_t place = text->size - 1; place >= 0; place--) {
        const uint16_t id = text->entry[place].head;
        uint32_t node = id ? trie->root[id] : NOTHING;
        for (Py_ssize_t end = place + 1; node != NOTHING; end++) {
            const uint32_t value = trie->value[node];
            for (uint32_t m = value == NOTHING ? 0 : tables->marks_from[value];
                 value != NOTHING && m < tables->marks_from[value + 1]; m++) {
                const uint32_t slot = tables->marks[m] & 7, which = slot == INITIALS_SLOT ? 0 : tables->rules[tables->marks[m] >> 3].detector;
                if (slot == MAIL_SLOT)
                    undecided->head[which] = text->size;
                else if (slot == HEAD_SLOT && undecided->head[which] < place)
                    undecided->head[which] = place;
                else if (slot == INITIALS_SLOT && end < text->size && stands_alone(text, place, end))
                    undecided->ask |= ASK_SOUNDS;
            }
            if (end == text->size) {
                for (int which = 0; which < 2; which++)
                    if (trie->flags[node] & DENY_LIVES << which)
                        undecided->growing[which] = place;
                break;
            }
            node = text->entry[end].head ? child(trie, node, text->entry[end].head) : NOTHING;
        }
    }
}

/* ---- what Python sees ------------------------------------------------------------------------------------------- */

/* A text made ready: `codes` and `room` lie on the stack for short ones, else are to be freed. */
typedef struct {
    Py_UCS4 few[GUIJU_SHORT], *codes;
    char little[GUIJU_SHORT * BYTES_EACH], *room;
} Room;

static int take(PyObject *given, Room *room, Text *text)
{
    const Py_ssize_t size = PyUnicode_GetLength(given);
    room->codes = room->few;
    room->room = room->little;
    if (size > GUIJU_SHORT) {
        room->codes = malloc((size_t)size * sizeof(Py_UCS4));
        room->room = malloc((size_t)size * BYTES_EACH);
        if (room->codes == NULL || room->room == NULL) {
            PyErr_NoMemory();
            return 0;
        }
    }
    if (size && PyUnicode_AsUCS4(given, room->codes, size, 0) == NULL)
        return 0;
    lay_out(text, room->room, size);
    return 1;
}

static void give_back(Room *room)
{
    if (room->codes != room->few)
        free(room->codes);
    if (room->room != room->little)
        free(room->room);
}

static PyObject *screen(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *given;
    Text text = {0};
    Room room;
    int normal;
    if (!PyArg_ParseTuple(arguments, "OUp", &capsule, &given, &normal) || (text.tables = guiju_tables(capsule)) == NULL)
        return NULL;
    if (PyUnicode_GetLength(given) >= (Py_ssize_t)(NOTHING >> 1))
        return PyLong_FromLong(ASK_ALL);
    unsigned ask = ASK_ALL;
    const int ready = take(given, &room, &text);
    if (ready && look_up(&text, room.codes) && !(normal && text.seen & IS_FOLDED)) {
        squeeze(&text);
        ask = words_may(&text);
        int plain;
        const View view = as_heard(&text, &plain);
        if (text.seen & IS_EMOJI || (!plain && has_tone(&text)) || has_sound(&text, &view, plain))
            ask |= ASK_SOUNDS;
        ask |= patterns_may(&text);
    }
    give_back(&room);
    return ready ? PyLong_FromLong(ask) : NULL;
}

static PyObject *window(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *given;
    Text text = {0};
    Room room;
    if (!PyArg_ParseTuple(arguments, "OU", &capsule, &given) || (text.tables = guiju_tables(capsule)) == NULL)
        return NULL;
    const Py_ssize_t size = PyUnicode_GetLength(given);
    Undecided found = {size, size, size, {-1, -1}, {size, size}, ASK_ALL};
    if (size > GUIJU_SHORT) /* no window of a stream is so long */
        return Py_BuildValue("Innnnnnn", found.ask, size, size, size, size, size, size, size);
    const int ready = take(given, &room, &text);
    if (ready && look_up(&text, room.codes) && !(text.seen & IS_FOLDED)) {
        found.ask = 0;
        squeeze(&text);
        words_in_window(&text, &found);
        sounds_in_window(&text, &found);
        heads_in_window(&text, &found);
        for (int which = 0; which < 2; which++)
            if (flags_at(&text, size - 1) & IS_MAIL && text.tables->mail >> which & 1)
                found.head[which] = size;
    }
    give_back(&room);
    if (!ready)
        return NULL;
    return Py_BuildValue("Innnnnnn", found.ask, found.deny, found.allow, found.sound, found.head[0], found.growing[0],
                         found.head[1], found.growing[1]);
}

/* Append the words that begin with the letter `first` and stand there for all the screen can tell; 0 with an exception. */
static int list_words(const Text *text, const View *view, Py_ssize_t first, PyObject *found)
{
    const Trie *trie = &text->tables->words;
    const uint16_t *id = view->id + first;
    uint32_t node = trie->root[id[0]];
    for (Py_ssize_t n = 1; node != NOTHING; n++) {
        const unsigned flags = trie->flags[node];
        if (flags & (DENY | ALLOW) && may_stand(text, view, first, first + n, flags) &&
            !(flags & HEARD && is_misheard(text, view, first, first + n, 1))) {
            PyObject *each = Py_BuildValue("nnk", (Py_ssize_t)view->start[first], (Py_ssize_t)view->end[first + n - 1],
                                           (unsigned long)trie->value[node]);
            if (each == NULL || PyList_Append(found, each) < 0) {
                Py_XDECREF(each);
                return 0;
            }
            Py_DECREF(each);
        }
        if (first + n == view->count || !id[n])
            break;
        node = child(trie, node, id[n]);
    }
    return 1;
}

/* Numbers as a tuple; NULL with an exception. */
static PyObject *tuple_of(const uint32_t *number, Py_ssize_t count)
{
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t k = 0; tuple != NULL && k < count; k++) {
        PyObject *each = PyLong_FromUnsignedLong(number[k]);
        if (each == NULL || PyTuple_SetItem(tuple, k, each) < 0)
            Py_CLEAR(tuple);
    }
    return tuple;
}

/* The same for sounds, with the place of each syllable. */
static int list_sounds(const Text *text, const View *view, Py_ssize_t first, int plain, PyObject *found)
{
    uint32_t node = NOTHING;
    Py_ssize_t size = 0;
    while (next_sound(text, view, first, plain, &node, &size)) {
        PyObject *starts = tuple_of(view->start + first, size), *ends = tuple_of(view->end + first, size), *each = NULL;
        if (starts != NULL && ends != NULL)
            each = Py_BuildValue("kOO", (unsigned long)text->tables->sounds.value[node], starts, ends);
        Py_XDECREF(starts);
        Py_XDECREF(ends);
        if (each == NULL || PyList_Append(found, each) < 0) {
            Py_XDECREF(each);
            return 0;
        }
        Py_DECREF(each);
    }
    return 1;
}

/* All words of a text as it is written into a list; 0 with an exception. */
static int list_all_words(Text *text, PyObject *found)
{
    const View view = as_written(text, text->end);
    const Py_ssize_t many = spots(&text->tables->words, view.id, view.count, 2, text->spot);
    int told = 1;
    for (Py_ssize_t n = 0; told && n < many; n++)
        told = list_words(text, &view, text->spot[n], found);
    return told;
}

/* All sounds of a text, and whether anything is spelled in it. */
static int list_all_sounds(Text *text, PyObject *found, int *plain)
{
    const View view = as_heard(text, plain);
    const Py_ssize_t many = spots(&text->tables->sounds, view.id, view.count, 3, text->spot);
    int told = 1;
    for (Py_ssize_t n = 0; told && n < many; n++)
        told = list_sounds(text, &view, text->spot[n], *plain, found);
    return told;
}

/* A list of words or of sounds, in which case `plain` says whether nothing is spelled; None where the text has to be looked at by
 * somebody else. */
static PyObject *list_all(PyObject *arguments, int *plain)
{
    PyObject *capsule, *given, *found = NULL;
    Text text = {0};
    Room room;
    if (!PyArg_ParseTuple(arguments, "OU", &capsule, &given) || (text.tables = guiju_tables(capsule)) == NULL)
        return NULL;
    if (PyUnicode_GetLength(given) >= (Py_ssize_t)(NOTHING >> 1))
        Py_RETURN_NONE;
    const int ready = take(given, &room, &text);
    if (ready && look_up(&text, room.codes) && !(text.seen & (plain ? IS_FOLDED | IS_EMOJI : IS_FOLDED)) &&
        !(plain && has_tone(&text))) {
        squeeze(&text);
        found = PyList_New(0);
        if (found != NULL && !(plain ? list_all_sounds(&text, found, plain) : list_all_words(&text, found)))
            Py_CLEAR(found);
    }
    give_back(&room);
    if (found == NULL && ready && !PyErr_Occurred())
        Py_RETURN_NONE;
    return found;
}

static PyObject *words(PyObject *module, PyObject *arguments)
{
    return list_all(arguments, NULL);
}

static PyObject *sounds(PyObject *module, PyObject *arguments)
{
    int plain = 0;
    PyObject *found = list_all(arguments, &plain);
    return found == NULL || Py_IsNone(found) ? found : Py_BuildValue("NN", PyBool_FromLong(plain), found);
}

PyMethodDef guiju_screen_functions[] = {
    {"screen", screen, METH_VARARGS, NULL},
    {"window", window, METH_VARARGS, NULL},
    {"words", words, METH_VARARGS, NULL},
    {"sounds", sounds, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
