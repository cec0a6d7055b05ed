/* The text network of guiju.moderation.models, one text at a time: hashed n-grams, one layer per character, pooling, two
 * layers more. The arithmetic is that of features.py and network.py, which say what it means; a test holds the two together.
 *
 * Memory: a text is walked once, character by character; only the sums of the current sentence and of the stretch are kept.
 */
#include "native.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 5, PIECE = 1024, OVERLAP = 4, LONGEST_WORD = 24, STRETCH = 4096, SENTENCE = 4, SOON = 8 };
enum { LANES = 16, ABREAST = 4 };
enum { OTHER, LATIN, SPACE, HAN, END };
enum { WIDEST = 256 }; /* a multiple of LANES */
static const uint64_t BASE = 0x9E3779B97F4A7C15u, MIX = 0xD6E8FEB86659FD93u, SALT = 0xBF58476D1CE4E5B9u;

typedef struct {
    Py_buffer table;              /* int8, (buckets + 1, d) */
    const int8_t *classes;        /* of each character of the basic plane, 65,536 */
    Py_buffer classes_buffer;
    uint64_t buckets;
    int shift, d, k, h, heads;    /* k and h rounded up to LANES: what is added says nothing */
    float *weights;               /* one block; the pointers below lead into it */
    float *lift, *lift_bias, *top, *mean, *plain, *hidden_bias, *out, *out_bias, *slope, *moved, *mix;
} Network;

/* Sixteen numbers beside one another: one register or several, as the processor has them. */
typedef float Lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));

/* What has been seen of some characters: the maximum and the sum of the lifted values, and the sum of the rows. */
typedef struct {
    float top[WIDEST], sum[WIDEST], plain[WIDEST];
    int64_t count;
} Pool;

typedef struct {
    uint64_t value;
    uint8_t class;
} Letter;

static const char NAME[] = "guiju.network";

static void dispose(Network *network)
{
    if (network == NULL)
        return;
    if (network->table.obj != NULL)
        PyBuffer_Release(&network->table);
    if (network->classes_buffer.obj != NULL)
        PyBuffer_Release(&network->classes_buffer);
    free(network->weights);
    free(network);
}

static void forget(PyObject *capsule)
{
    dispose(PyCapsule_GetPointer(capsule, NAME));
}

/* ---- from characters to rows ------------------------------------------------------------------------------------- */

/* The characters that count: digits as one, spaces only between Latin words. Returns how many. */
static Py_ssize_t letters(const Py_UCS4 *text, Py_ssize_t size, const int8_t *classes, Letter *into)
{
    Py_ssize_t kept = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 code = text[i];
        int class = classes[code < 0xFFFF ? code : 0xFFFF];
        if (class == SPACE) {
            if (i == 0 || i + 1 == size)
                continue;
            int before = classes[text[i - 1] < 0xFFFF ? text[i - 1] : 0xFFFF];
            int after = classes[text[i + 1] < 0xFFFF ? text[i + 1] : 0xFFFF];
            if (before != LATIN || (after != LATIN && after != SPACE))
                continue;
        }
        into[kept].value = (code >= '0' && code <= '9' ? '0' : code) + (uint64_t)1;
        into[kept++].class = (uint8_t)class;
    }
    return kept;
}

/* The hash of a Latin word, and where it ends; its letters beyond LONGEST_WORD do not count. */
static uint64_t word_at(const Letter *letter, Py_ssize_t begin, Py_ssize_t size, Py_ssize_t *end)
{
    uint64_t hash = 0, power = 1;
    Py_ssize_t i = begin;
    for (; i < size && letter[i].class == LATIN; i++) {
        if (i - begin < LONGEST_WORD) {
            hash += letter[i].value * power;
            power *= BASE;
        }
    }
    *end = i;
    return hash + SALT;
}

/* The rows of each character of a piece: five each, `buckets` where there is none. */
static void rows_of(const Letter *letter, Py_ssize_t size, uint64_t buckets, int shift, uint32_t (*rows)[KINDS])
{
    const uint64_t square = BASE * BASE, cube = square * BASE;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_ssize_t left = size - i;
        uint64_t gram = letter[i].value;
        for (int n = 0; n < KINDS; n++)
            rows[i][n] = (uint32_t)buckets;
        rows[i][0] = (uint32_t)((gram + 2 * SALT) * MIX >> shift);
        if (left < 2)
            continue;
        gram += letter[i + 1].value * BASE;
        rows[i][1] = (uint32_t)((gram + 3 * SALT) * MIX >> shift);
        if (left < 3)
            continue;
        gram += letter[i + 2].value * square;
        rows[i][2] = (uint32_t)((gram + 4 * SALT) * MIX >> shift);
        rows[i][4] = (uint32_t)((letter[i].value + letter[i + 2].value * BASE + 6 * SALT) * MIX >> shift);
        if (left < 4)
            continue;
        gram += letter[i + 3].value * cube;
        rows[i][3] = (uint32_t)((gram + 5 * SALT) * MIX >> shift);
    }
    Py_ssize_t previous = -1, end;
    uint64_t before = 0;
    for (Py_ssize_t i = 0; i < size; i = end) {
        if (letter[i].class != LATIN) {
            end = i + 1;
            continue;
        }
        uint64_t hash = word_at(letter, i, size, &end);
        rows[i][4] = (uint32_t)(hash * MIX >> shift);
        if (previous >= 0)
            rows[previous][3] = (uint32_t)((before * BASE + hash) * MIX >> shift);
        previous = i;
        before = hash;
    }
}

/* ---- from rows to probabilities ---------------------------------------------------------------------------------- */

static void clear(const Network *network, Pool *pool)
{
    for (int j = 0; j < network->k; j++) {
        pool->top[j] = 0.0f; /* lifted values are never below it */
        pool->sum[j] = 0.0f;
    }
    memset(pool->plain, 0, sizeof(float) * (size_t)network->d);
    pool->count = 0;
}

/* The rows of a character that comes soon, towards the processor: they lie anywhere in some megabytes. */
static inline void fetch(const Network *network, const uint32_t *rows)
{
    for (int n = 0; n < KINDS; n++) {
        const char *row = (const char *)network->table.buf + (size_t)rows[n] * (size_t)network->d;
        __builtin_prefetch(row);
        __builtin_prefetch(row + network->d - 1);
    }
}

/* The sum of the rows of a character. */
GUIJU_WIDE static void add_up(const Network *network, const uint32_t *rows, float *sum)
{
    const int d = network->d;
    int16_t whole[WIDEST];
    memset(whole, 0, sizeof(int16_t) * (size_t)d);
    for (int n = 0; n < KINDS; n++) {
        if (rows[n] == network->buckets)
            continue;
        const int8_t *row = (const int8_t *)network->table.buf + (size_t)rows[n] * (size_t)d;
        for (int i = 0; i < d; i++)
            whole[i] = (int16_t)(whole[i] + row[i]);
    }
    for (int i = 0; i < d; i++)
        sum[i] = (float)whole[i];
}

/* Lift the sums of ABREAST characters: each weight is loaded once for all of them. */
GUIJU_FUSED static void lift(const Network *network, float (*sum)[WIDEST], float (*lifted)[WIDEST])
{
    const int d = network->d, k = network->k;
    for (int j = 0; j < k; j += LANES) {
        const Lanes bias = *(const Lanes *)(network->lift_bias + j);
        Lanes a = bias, b = bias, c = bias, e = bias;
        for (int i = 0; i < d; i++) {
            const Lanes weight = *(const Lanes *)(network->lift + (size_t)i * (size_t)k + (size_t)j);
            a += weight * sum[0][i];
            b += weight * sum[1][i];
            c += weight * sum[2][i];
            e += weight * sum[3][i];
        }
        *(Lanes *)(lifted[0] + j) = a;
        *(Lanes *)(lifted[1] + j) = b;
        *(Lanes *)(lifted[2] + j) = c;
        *(Lanes *)(lifted[3] + j) = e;
    }
}

/* Add one character to what was seen. */
GUIJU_WIDE static void add(const Network *network, const float *sum, const float *lifted, Pool *pool)
{
    for (int i = 0; i < network->d; i++)
        pool->plain[i] += sum[i];
    for (int j = 0; j < network->k; j++) {
        float value = lifted[j] > 0.0f ? lifted[j] : 0.0f;
        pool->sum[j] += value;
        pool->top[j] = value > pool->top[j] ? value : pool->top[j];
    }
    pool->count++;
}

static void join(const Network *network, Pool *into, const Pool *from)
{
    for (int j = 0; j < network->k; j++) {
        into->top[j] = from->top[j] > into->top[j] ? from->top[j] : into->top[j];
        into->sum[j] += from->sum[j];
    }
    for (int i = 0; i < network->d; i++)
        into->plain[i] += from->plain[i];
    into->count += from->count;
}

/* Add `count` values, scaled, through their rows of a matrix to `into`. */
static inline __attribute__((always_inline)) void spread(float *into, int h, const float *matrix, const float *values, int count, float scale)
{
    for (int j = 0; j < h; j += LANES) {
        Lanes sum = *(Lanes *)(into + j), other = {0};
        int i = 0;
        for (; i + 1 < count; i += 2) {
            sum += *(const Lanes *)(matrix + (size_t)i * (size_t)h + (size_t)j) * (values[i] * scale);
            other += *(const Lanes *)(matrix + (size_t)(i + 1) * (size_t)h + (size_t)j) * (values[i + 1] * scale);
        }
        if (i < count)
            sum += *(const Lanes *)(matrix + (size_t)i * (size_t)h + (size_t)j) * (values[i] * scale);
        *(Lanes *)(into + j) = sum + other;
    }
}

/* The hidden layer over a pool. */
GUIJU_FUSED static void hide(const Network *network, const Pool *pool, float *hidden)
{
    const float each = 1.0f / (float)pool->count;
    memcpy(hidden, network->hidden_bias, sizeof(float) * (size_t)network->h);
    spread(hidden, network->h, network->top, pool->top, network->k, 1.0f);
    spread(hidden, network->h, network->mean, pool->sum, network->k, each);
    spread(hidden, network->h, network->plain, pool->plain, network->d, each);
    for (int j = 0; j < network->h; j++)
        hidden[j] = hidden[j] > 0.0f ? hidden[j] : 0.0f;
}

static float general(const Network *network, const Pool *pool)
{
    float hidden[WIDEST], found = network->out_bias[0];
    hide(network, pool, hidden);
    for (int j = 0; j < network->h; j++)
        found += hidden[j] * network->out[(size_t)j * (size_t)network->heads];
    return found;
}

/* Calibrated logits of a stretch, kept where they are higher than what `found` has. */
GUIJU_WIDE static void judge(const Network *network, const Pool *pool, float strongest, int sentences, float *found)
{
    float hidden[WIDEST], raw[WIDEST];
    hide(network, pool, hidden);
    memcpy(raw, network->out_bias, sizeof(float) * (size_t)network->heads);
    for (int j = 0; j < network->h; j++)
        for (int head = 0; head < network->heads; head++)
            raw[head] += hidden[j] * network->out[(size_t)j * (size_t)network->heads + (size_t)head];
    if (sentences < 2)
        strongest = raw[0];
    for (int head = 0; head < network->heads; head++) {
        float value = raw[head] * network->slope[head] + network->moved[head];
        if (head == 0)
            value = network->mix[0] * raw[0] + network->mix[1] * strongest + network->mix[2] * logf((float)sentences) +
                    network->mix[3];
        found[head] = value > found[head] ? value : found[head];
    }
}

/* Walk the letters of a text: rows by pieces, pools by sentences and stretches. */
static void walk(const Network *network, const Letter *letter, Py_ssize_t size, float *found)
{
    uint32_t rows[PIECE][KINDS];
    float sum[ABREAST][WIDEST], lifted[ABREAST][WIDEST];
    Pool sentence, stretch;
    float strongest = -INFINITY;
    int sentences = 1;
    Py_ssize_t piece = 0, ready = 0, last = 0, lifts = 0; /* lifts: up to where characters are lifted */
    clear(network, &sentence);
    clear(network, &stretch);
    for (int head = 0; head < network->heads; head++)
        found[head] = -INFINITY;
    if (size == 0) {
        uint32_t none[KINDS];
        for (int n = 0; n < KINDS; n++)
            none[n] = (uint32_t)network->buckets;
        for (int n = 0; n < ABREAST; n++)
            add_up(network, none, sum[n]);
        lift(network, sum, lifted);
        add(network, sum[0], lifted[0], &stretch);
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        if (i == ready) {
            piece = i;
            Py_ssize_t some = size - i < PIECE ? size - i : PIECE;
            rows_of(letter + i, some, network->buckets, network->shift, rows);
            ready = size - i <= PIECE ? size : i + PIECE - OVERLAP;
            for (Py_ssize_t next = i; next < i + SOON && next < ready; next++)
                fetch(network, rows[next - i]);
            lifts = i;
        }
        if (i == lifts) {
            for (int n = 0; n < ABREAST; n++) {
                const Py_ssize_t next = i + n < ready ? i + n : i;
                if (i + n + SOON < ready)
                    fetch(network, rows[i + n + SOON - piece]);
                add_up(network, rows[next - piece], sum[n]);
            }
            lift(network, sum, lifted);
            lifts = i + ABREAST;
        }
        int full = i > 0 && i % STRETCH == 0;
        int begins = i > 0 && letter[i - 1].class == END && i - last >= SENTENCE && size - i >= SENTENCE;
        if (begins)
            last = i;
        if (full || begins) {
            if (sentences > 1 || !full) {
                float alone = general(network, &sentence);
                strongest = alone > strongest ? alone : strongest;
            }
            join(network, &stretch, &sentence);
            clear(network, &sentence);
        }
        if (full) {
            judge(network, &stretch, strongest, sentences, found);
            clear(network, &stretch);
            strongest = -INFINITY;
            sentences = 1;
        } else if (begins)
            sentences++;
        add(network, sum[i - lifts + ABREAST], lifted[i - lifts + ABREAST], &sentence);
    }
    if (sentence.count) {
        if (sentences > 1) {
            float alone = general(network, &sentence);
            strongest = alone > strongest ? alone : strongest;
        }
        join(network, &stretch, &sentence);
    }
    judge(network, &stretch, strongest, sentences, found);
}

/* ---- what Python sees -------------------------------------------------------------------------------------------- */

static int rounded(int width)
{
    return (width + LANES - 1) / LANES * LANES;
}

/* Copy a float32 matrix of a buffer into one whose rows are `room` long, the rest of them zero as `into` was; false with an
 * exception where it has another size. */
static int take(PyObject *given, float *into, int rows, int columns, int room, const char *name)
{
    Py_buffer buffer;
    if (PyObject_GetBuffer(given, &buffer, PyBUF_C_CONTIGUOUS) < 0)
        return 0;
    const size_t each = (size_t)columns * sizeof(float), whole = (size_t)rows * each;
    const int fits = (size_t)buffer.len == whole;
    for (int row = 0; fits && row < rows; row++)
        memcpy(into + (size_t)row * (size_t)room, (const char *)buffer.buf + (size_t)row * each, each);
    if (!fits)
        PyErr_Format(PyExc_ValueError, "%s: %zd bytes where %zu were expected", name, buffer.len, whole);
    PyBuffer_Release(&buffer);
    return fits;
}

static PyObject *network(PyObject *module, PyObject *arguments)
{
    PyObject *table, *classes, *given[11];
    int d, k, h, heads;
    static const char *const names[] = {"lift", "lift_bias", "hidden_max", "hidden_mean", "hidden_sum", "hidden_bias",
                                        "out", "out_bias", "slope", "shift", "mix"};
    if (!PyArg_ParseTuple(arguments, "OO(iiii)OOOOOOOOOOO", &table, &classes, &d, &k, &h, &heads, &given[0], &given[1],
                          &given[2], &given[3], &given[4], &given[5], &given[6], &given[7], &given[8], &given[9],
                          &given[10]))
        return NULL;
    if (d < 1 || k < 1 || h < 1 || heads < 1 || d > WIDEST || k > WIDEST || h > WIDEST || heads > WIDEST) {
        PyErr_Format(PyExc_ValueError, "every width must be 1 to %d", WIDEST);
        return NULL;
    }
    Network *made = calloc(1, sizeof(Network));
    if (made == NULL)
        return PyErr_NoMemory();
    made->d = d, made->heads = heads;
    if (PyObject_GetBuffer(table, &made->table, PyBUF_C_CONTIGUOUS) < 0)
        goto failed;
    if (PyObject_GetBuffer(classes, &made->classes_buffer, PyBUF_C_CONTIGUOUS) < 0)
        goto failed;
    made->classes = made->classes_buffer.buf;
    made->buckets = (uint64_t)(made->table.len / d) - 1;
    if (made->table.len % d || made->table.len < 2 * d || made->classes_buffer.len != 0x10000 || made->buckets < 2 || made->buckets > 1u << 30 ||
        (made->buckets & (made->buckets - 1))) {
        PyErr_SetString(PyExc_ValueError, "the table needs a power of two of rows and one more, the classes 65,536 entries");
        goto failed;
    }
    made->shift = 64;
    for (uint64_t rest = made->buckets; rest > 1; rest >>= 1)
        made->shift--;
    made->k = rounded(k), made->h = rounded(h);
    /* rows and columns as they are given, and the room they get */
    const int shapes[11][4] = {{d, k, d, made->k}, {1, k, 1, made->k}, {k, h, made->k, made->h}, {k, h, made->k, made->h},
                               {d, h, d, made->h}, {1, h, 1, made->h}, {h, heads, made->h, heads}, {1, heads, 1, heads},
                               {1, heads, 1, heads}, {1, heads, 1, heads}, {1, 4, 1, 4}};
    float **places[] = {&made->lift, &made->lift_bias, &made->top, &made->mean, &made->plain, &made->hidden_bias,
                        &made->out, &made->out_bias, &made->slope, &made->moved, &made->mix};
    size_t total = 0;
    for (int i = 0; i < 11; i++)
        total += (size_t)shapes[i][2] * (size_t)shapes[i][3];
    made->weights = calloc(total, sizeof(float));
    if (made->weights == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    float *next = made->weights;
    for (int i = 0; i < 11; next += (size_t)shapes[i][2] * (size_t)shapes[i][3], i++) {
        *places[i] = next;
        if (!take(given[i], next, shapes[i][0], shapes[i][1], shapes[i][3], names[i]))
            goto failed;
    }
    PyObject *capsule = PyCapsule_New(made, NAME, forget);
    if (capsule != NULL)
        return capsule;
failed:
    dispose(made);
    return NULL;
}

/* Logits of each head for some characters, of which halves of split ones are changed; their number, 0 with an exception. */
static int judged(PyObject *capsule, Py_UCS4 *codes, Py_ssize_t size, float *found)
{
    const Network *network = PyCapsule_GetPointer(capsule, NAME);
    Letter some[GUIJU_SHORT], *letter = some;
    if (network == NULL)
        return 0;
    if (size > GUIJU_SHORT && (letter = malloc((size_t)size * sizeof(Letter))) == NULL) {
        PyErr_NoMemory();
        return 0;
    }
    for (Py_ssize_t i = 0; i < size; i++)
        if (codes[i] >= 0xD800 && codes[i] <= 0xDFFF)
            codes[i] = '?';
    walk(network, letter, letters(codes, size, network->classes, letter), found);
    if (letter != some)
        free(letter);
    return network->heads;
}

static double probability(float logit)
{
    return 1.0 / (1.0 + exp(-(double)logit));
}

int guiju_general(PyObject *network, Py_UCS4 *codes, Py_ssize_t size, double *found)
{
    float logits[WIDEST];
    if (!judged(network, codes, size, logits))
        return 0;
    *found = probability(logits[0]);
    return 1;
}

static PyObject *probabilities(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *text;
    if (!PyArg_ParseTuple(arguments, "OU", &capsule, &text))
        return NULL;
    const Py_ssize_t size = PyUnicode_GetLength(text);
    Py_UCS4 few[GUIJU_SHORT], *codes = guiju_characters(text, size, few);
    if (codes == NULL)
        return NULL;
    float found[WIDEST];
    const int heads = judged(capsule, codes, size, found);
    if (codes != few)
        free(codes);
    PyObject *answer = heads ? PyList_New(heads) : NULL;
    for (int head = 0; answer != NULL && head < heads; head++) {
        PyObject *value = PyFloat_FromDouble(probability(found[head]));
        if (value == NULL || PyList_SetItem(answer, head, value) < 0)
            Py_CLEAR(answer);
    }
    return answer;
}

PyMethodDef guiju_network_functions[] = {
    {"network", network, METH_VARARGS, NULL},
    {"probabilities", probabilities, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
