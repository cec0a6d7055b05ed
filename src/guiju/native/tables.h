/* The tables that texts are screened with: made by guiju.moderation.screening.tables, laid out there, only read here. */
#ifndef GUIJU_TABLES_H
#define GUIJU_TABLES_H

#include "native.h"

/* What is known of one character, by what it is read as. Numbers are those of the alphabets of the three tries; 0: in none. */
typedef struct {
    uint16_t word, sound, head, flags;
} Entry;

enum {
    IS_WORD = 1,      /* a letter or digit: stays when a text is squeezed */
    IS_LATIN = 2,     /* an ASCII letter or digit */
    IS_LETTER = 4,    /* a to z */
    IS_DIGIT = 8,
    IS_NATURAL = 16,  /* may stand between two words of a sentence */
    IS_SPACE = 32,
    IS_ASCII = 64,
    IS_HEAD = 256,    /* a literal of the patterns by itself */
    IS_LEET = 512,    /* a digit or sign written for a letter */
    IS_FIRST = 1024,  /* first half of a character that is split in two */
    IS_SECOND = 128,  /* second half of one */
    IS_FOLDED = 2048, /* never occurs in normalised text */
    IS_MAIL = 8192,   /* may stand in a run that starts with any letter or digit (an e-mail address) */
    IS_ODD = 16384,   /* only the reader in Python can tell what this is read as, or that it is a disguise */
    IS_EMOJI = 32768, /* read as a word */
};

/* Ends of keys, and what may still come: the bits of a node. */
enum { DENY = 1, ALLOW = 2, PAIR = 4, OWN_GAPS = 8, DOUBLED = 16, DENY_LIVES = 32, ALLOW_LIVES = 64, HEARD = 128 };

/* A trie in breadth-first order: the children of a node lie at first[node] up to first[node + 1], by rising label. */
typedef struct {
    const uint32_t *first, *value, *root, *filter;
    const uint16_t *label;
    const uint8_t *flags;
    uint32_t nodes, alphabet;
    int bits; /* binary logarithm of the bits that the filter has for each first label */
} Trie;

/* One rule of the patterns: a match is at most `width` long, has so many digits and characters of ASCII, and one literal of
 * each of its slots. */
typedef struct {
    uint16_t width;
    uint8_t digits, ascii, slots, detector, spare[2];
} Rule;

enum { MOST_RULES = 4096, SLOTS = 3, HEAD_SLOT = 3, MAIL_SLOT = 4, INITIALS_SLOT = 5 };
enum { EMOJI_FROM = 0x1F000, EMOJI_TO = 0x1FB00, BASIC = 0x10000, NOTHING = 0xFFFFFFFFu };

typedef struct {
    Py_buffer buffer;
    const Entry *basic;        /* characters of the basic plane */
    const uint16_t *emoji;     /* flags of the characters EMOJI_FROM to EMOJI_TO */
    Trie words, sounds, heads, spelling;
    const uint32_t *pairs;     /* first half << 16 | second half, rising */
    const uint16_t *joined;    /* what each pair makes */
    uint32_t pair_count;
    const uint16_t *leet;      /* two readings of each character, by its number among the heads, as numbers of the words */
    const uint32_t *groups;    /* per sound: where its words begin among the units */
    const uint16_t *units;
    uint32_t group_count, unit_count;
    const uint32_t *marks_from, *marks; /* per head: rule << 3 | slot */
    uint32_t mark_keys, mark_count;
    const Rule *rules;
    uint32_t rule_count;
    uint32_t mail;             /* detectors with rules that begin at any word, as bits */
    const uint16_t *plain;      /* what each character of the basic plane is read as */
    const uint32_t *neighbours; /* characters that follow one another in ordinary words: first << 16 | second, rising */
    uint32_t neighbour_count;
    const uint32_t *follow;    /* a filter over letters that follow one another in a word, and over `pairs` */
    int follow_bits;           /* binary logarithm of its bits */
    uint32_t longest_word, longest_sound, reach;
} Tables;

/* The tables behind a capsule, or NULL with an exception. */
const Tables *guiju_tables(PyObject *capsule);

/* The child of a node under a label, or NOTHING. */
static inline uint32_t child(const Trie *trie, uint32_t node, uint16_t label)
{
    uint32_t low = trie->first[node], high = trie->first[node + 1];
    while (high - low > 6) {
        uint32_t middle = low + (high - low) / 2;
        if (trie->label[middle] <= label)
            low = middle;
        else
            high = middle;
    }
    for (; low < high; low++)
        if (trie->label[low] == label)
            return low;
    return NOTHING;
}

/* Whether a key may begin with two or three labels; wrong one way only. The bits of a first label lie together: of the few
 * hundred characters that make up most of a text they stay in the nearest memory. */
static inline int may_begin(const Trie *trie, uint32_t a, uint32_t b, uint32_t c)
{
    const uint32_t *row = trie->filter + ((size_t)a << (trie->bits - 5));
    const uint32_t one = (b * 0x9E3779B1u + c * 0x85EBCA6Bu) >> (32 - trie->bits);
    const uint32_t other = (b * 0xC2B2AE35u + c * 0x27D4EB2Fu) >> (32 - trie->bits);
    return row[one >> 5] >> (one & 31) & row[other >> 5] >> (other & 31) & 1;
}

/* Whether two letters may follow one another in a word, or be a pair of components; wrong one way only. */
static inline int may_follow(const Tables *tables, uint32_t a, uint32_t b)
{
    const uint32_t one = (a * 0x9E3779B1u + b * 0x85EBCA6Bu) >> (32 - tables->follow_bits);
    const uint32_t other = (a * 0xC2B2AE35u + b * 0x27D4EB2Fu) >> (32 - tables->follow_bits);
    return tables->follow[one >> 5] >> (one & 31) & tables->follow[other >> 5] >> (other & 31) & 1;
}

#endif
