/* Whether a text can hold enough of certain pairs of characters: a table of bits, asked once per character. It may say yes
 * where the answer is no (two pairs can share a bit), never the other way round. */
#include "native.h"
#include <stdlib.h>

enum { BITS = 18, HASHED = 0x9E3779B1u };
static const char NAME[] = "guiju.pairs";

static inline uint32_t place(Py_UCS4 first, Py_UCS4 second)
{
    return (uint32_t)((first * 0x01000193u ^ second) * HASHED) >> (32 - BITS);
}

static void forget(PyObject *capsule)
{
    free(PyCapsule_GetPointer(capsule, NAME));
}

static PyObject *pairs(PyObject *module, PyObject *given)
{
    PyObject *each = PyObject_GetIter(given), *pair;
    if (each == NULL)
        return NULL;
    uint8_t *table = calloc(1u << (BITS - 3), 1);
    if (table == NULL) {
        Py_DECREF(each);
        return PyErr_NoMemory();
    }
    while ((pair = PyIter_Next(each)) != NULL) {
        if (PyUnicode_Check(pair) && PyUnicode_GetLength(pair) == 2) {
            uint32_t bit = place(PyUnicode_ReadChar(pair, 0), PyUnicode_ReadChar(pair, 1));
            table[bit >> 3] |= (uint8_t)(1u << (bit & 7));
        } else if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "every pair must be a string of two characters");
        Py_DECREF(pair);
        if (PyErr_Occurred())
            break;
    }
    Py_DECREF(each);
    PyObject *capsule = PyErr_Occurred() ? NULL : PyCapsule_New(table, NAME, forget);
    if (capsule == NULL)
        free(table);
    return capsule;
}

static inline int holds(const uint8_t *table, Py_UCS4 first, Py_UCS4 second)
{
    uint32_t bit = place(first, second);
    return table[bit >> 3] >> (bit & 7) & 1;
}

/* The characters of a text, in `few` where there is room; NULL with an exception. */
Py_UCS4 *guiju_characters(PyObject *text, Py_ssize_t size, Py_UCS4 *few)
{
    Py_UCS4 *codes = few;
    if (size > GUIJU_SHORT && (codes = malloc((size_t)size * sizeof(Py_UCS4))) == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    if (size && PyUnicode_AsUCS4(text, codes, size, 0) == NULL) {
        if (codes != few)
            free(codes);
        return NULL;
    }
    return codes;
}

/* Whether the characters may hold one of the pairs at `least` places: 1 or 0, -1 with an exception. */
int guiju_may_share(PyObject *pairs, const Py_UCS4 *codes, Py_ssize_t size, Py_ssize_t least)
{
    const uint8_t *table = PyCapsule_GetPointer(pairs, NAME);
    if (table == NULL)
        return -1;
    for (Py_ssize_t i = 1; i < size && least > 0; i++)
        least -= holds(table, codes[i - 1], codes[i]);
    return least <= 0;
}

static PyObject *may_share(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *text;
    Py_ssize_t least;
    if (!PyArg_ParseTuple(arguments, "OUn", &capsule, &text, &least))
        return NULL;
    const Py_ssize_t size = PyUnicode_GetLength(text);
    Py_UCS4 few[GUIJU_SHORT], *codes = guiju_characters(text, size, few);
    if (codes == NULL)
        return NULL;
    const int found = guiju_may_share(capsule, codes, size, least);
    if (codes != few)
        free(codes);
    return found < 0 ? NULL : PyBool_FromLong(found);
}

static PyObject *places(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *text;
    if (!PyArg_ParseTuple(arguments, "OU", &capsule, &text))
        return NULL;
    const uint8_t *table = PyCapsule_GetPointer(capsule, NAME);
    Py_ssize_t size = PyUnicode_GetLength(text);
    Py_UCS4 few[GUIJU_SHORT], *codes = table != NULL ? guiju_characters(text, size, few) : NULL;
    if (codes == NULL)
        return NULL;
    PyObject *found = PyList_New(0);
    for (Py_ssize_t i = 1; i < size && found != NULL; i++) {
        if (!holds(table, codes[i - 1], codes[i]))
            continue;
        PyObject *at = PyLong_FromSsize_t(i - 1);
        if (at == NULL || PyList_Append(found, at) < 0)
            Py_CLEAR(found);
        Py_XDECREF(at);
    }
    if (codes != few)
        free(codes);
    return found;
}

PyMethodDef guiju_pairs_functions[] = {
    {"pairs", pairs, METH_O, NULL},
    {"may_share", may_share, METH_VARARGS, NULL},
    {"places", places, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
