/*
 * YAML as records use it: UTF-8 only, one document, block or flow, comments kept.
 *
 * Refused with a position: duplicate keys, anchors and aliases, tags, several documents, nesting
 * over the limit, keys that are not scalars, invalid UTF-8, NUL and other control characters.
 * Plain scalars come back untyped (node.h).
 */
#ifndef JZ_PORT_YAML_H
#define JZ_PORT_YAML_H

#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/node.h"

#define JZ_YAML_MAX_BYTES (8u << 20)
#define JZ_YAML_MAX_DEPTH 64
#define JZ_YAML_MAX_NODES (1u << 18) /* values, ends of collections and comment lines together */

/* Reads a document into the arena. An empty document is JZ_E_INVALID. */
int jz_yaml_read(struct jz_arena *arena, const char *text, size_t len, struct jz_node **out,
		 struct jz_err *err);

/* Reads a file ("-": standard input) of at most JZ_YAML_MAX_BYTES; errors name the file. */
int jz_yaml_read_file(struct jz_arena *arena, const char *path, struct jz_node **out,
		      struct jz_err *err);

/* The canonical writer: block style, two spaces, comments at their place, strings quoted only where
 * YAML 1.1 or 1.2 readers could take them for something else, long and multi-line text as literal
 * blocks. jz_yaml_read(jz_yaml_write(x)) equals x, and writing what was read from its own output
 * gives the same bytes. */
void jz_yaml_write(const struct jz_node *node, struct jz_buf *out);

#endif
