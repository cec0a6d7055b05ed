/* What the files of this module share. Everything is written against Python's stable ABI (3.11). */
#ifndef GUIJU_NATIVE_H
#define GUIJU_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* Loops that are worth compiling again for processors with wider registers: WIDE for whole numbers and short loops, FUSED where
 * what counts is multiplying and adding at once. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GUIJU_WIDE __attribute__((target_clones("avx2", "default")))
#define GUIJU_FUSED __attribute__((target_clones("avx512f", "fma", "default")))
#else
#define GUIJU_WIDE
#define GUIJU_FUSED
#endif

/* Texts of up to this many characters are copied to the stack, longer ones to the heap. */
#define GUIJU_SHORT 1024

/* Functions of each file, ended by an empty one. */
extern PyMethodDef guiju_network_functions[], guiju_tables_functions[], guiju_screen_functions[], guiju_runs_functions[];
extern PyMethodDef guiju_pairs_functions[], guiju_glance_functions[];

/* The characters of a text, in `few` (GUIJU_SHORT of them) where there is room, else to be freed; NULL with an exception. */
Py_UCS4 *guiju_characters(PyObject *text, Py_ssize_t size, Py_UCS4 *few);

/* Whether a text may hide another; whether characters may hold one of the pairs at `least` places. -1 with an exception. */
int guiju_hides(PyObject *text);
int guiju_may_share(PyObject *pairs, const Py_UCS4 *codes, Py_ssize_t size, Py_ssize_t least);

/* The probability of a network's general head; the characters may be changed. 0 with an exception. */
int guiju_general(PyObject *network, Py_UCS4 *codes, Py_ssize_t size, double *found);

#endif
