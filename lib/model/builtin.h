/*
 * The program's own data: the YAML files of the schema directory (record schemas, code tables,
 * policy). Each is read once and kept for the life of the process, typed by YAML's core schema,
 * whoever asks; it holds nothing secret and nobody may change it. Safe in several threads.
 */
#ifndef JZ_MODEL_BUILTIN_H
#define JZ_MODEL_BUILTIN_H

#include "lib/base/err.h"
#include "lib/base/node.h"

/* schemas/NAME.yaml ("case", "codes/sex", "policy"). JZ_E_USAGE: there is no such file; JZ_E_IO:
 * the directory is not found; else what is wrong with the file, by name and position. */
int jz_builtin_tree(const char *name, const struct jz_node **out, struct jz_err *err);

#endif
