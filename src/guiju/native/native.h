/* What the files of this module share. Everything is written against Python's stable ABI (3.11). */
#ifndef GUIJU_NATIVE_H
#define GUIJU_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* A loop that is worth compiling twice: for any processor, and for those with AVX2. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GUIJU_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define GUIJU_WIDE
#endif

/* Texts of up to this many characters are copied to the stack, longer ones to the heap. */
#define GUIJU_SHORT 1024

/* Functions of each file, ended by an empty one. */
extern PyMethodDef guiju_network_functions[], guiju_tables_functions[], guiju_screen_functions[], guiju_runs_functions[];
extern PyMethodDef guiju_pairs_functions[];

#endif
