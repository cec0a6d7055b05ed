/* The module guiju.native._native: functions only, no state of its own. What they promise stands in _native.pyi. */
#include "native.h"

static int fill(PyObject *module)
{
    PyMethodDef *const files[] = {guiju_network_functions, guiju_pairs_functions, guiju_tables_functions,
                                   guiju_screen_functions, guiju_runs_functions, guiju_glance_functions};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (PyModule_AddFunctions(module, files[i]) < 0)
            return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)fill}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_native",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
