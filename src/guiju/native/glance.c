/* One look at a whole text that holds nothing: no hidden text, no claim of the register, and how likely it must not pass.
 * The three questions are those of runs.c, pairs.c and network.c, asked at once: nearly every text has the same answers.
 */
#include "native.h"
#include <stdlib.h>

enum { LOOK = 200 }; /* characters in which those that count are looked for */

/* Whether there are `least` Chinese characters near the beginning. Words of other letters are left to Python to count. */
static int says_enough(const Py_UCS4 *codes, Py_ssize_t size, Py_ssize_t least)
{
    for (Py_ssize_t i = 0; i < size && i < LOOK && least > 0; i++)
        least -= (codes[i] >= 0x4E00 && codes[i] <= 0x9FFF) || (codes[i] >= 0x3400 && codes[i] <= 0x4DBF);
    return least <= 0;
}

static PyObject *glance(PyObject *module, PyObject *arguments)
{
    PyObject *network, *pairs, *text, *normal;
    Py_ssize_t shared, fewest;
    if (!PyArg_ParseTuple(arguments, "OOUUnn", &network, &pairs, &text, &normal, &shared, &fewest))
        return NULL;
    const int hides = guiju_hides(text);
    if (hides)
        return hides < 0 ? NULL : Py_NewRef(Py_None);
    const Py_ssize_t size = PyUnicode_GetLength(normal);
    Py_UCS4 few[GUIJU_SHORT], *codes = guiju_characters(normal, size, few);
    if (codes == NULL)
        return NULL;
    PyObject *answer = NULL;
    double likelihood;
    const int shares = guiju_may_share(pairs, codes, size, shared);
    if (shares > 0 || (shares == 0 && !says_enough(codes, size, fewest)))
        answer = Py_NewRef(Py_None);
    else if (shares == 0 && guiju_general(network, codes, size, &likelihood))
        answer = PyFloat_FromDouble(likelihood);
    if (codes != few)
        free(codes);
    return answer;
}

PyMethodDef guiju_glance_functions[] = {
    {"glance", glance, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
