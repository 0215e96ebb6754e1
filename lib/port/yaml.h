/*
 * YAML as records use it: UTF-8 only, one document, block or flow, comments kept.
 *
 * Refused with a position (JZ_E_INVALID): duplicate keys, anchors and aliases, tags, several
 * documents, directives other than %YAML 1.x, keys that are not scalars, a "#" that follows a value
 * without a blank, invalid UTF-8, NUL and other control characters, the raw separators U+0085,
 * U+2028 and U+2029 (YAML 1.1 and 1.2 disagree whether they end a line), and whatever passes a limit.
 * A quoted string may hold any of these characters as an escape, NUL too: compare with len.
 *
 * Plain scalars come back untyped, a key without a value as an untyped "" (node.h).
 *
 * Comments go to the value that they stand by: head (before its key or "-"), line (behind it, or
 * behind its key if it is a collection), foot (behind the last entry, indented at least like it).
 * Comments inside flow collections move to the nearest such place. Single empty lines before keys
 * and comments are kept. The text is what follows "#", its blank included; the writer adds a blank
 * where a program left it out.
 *
 * What libyaml frees is wiped (yaml-mem.c). Safe to call from several threads.
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

/* The canonical writer: block style, two spaces a level, sequences indented under their key, strings
 * in double quotes only where YAML 1.1 or 1.2 readers could take them for something else, text of
 * several lines as literal blocks (in double quotes if a line ends in blanks or holds characters
 * that need an escape), comments at their place. Text must be valid UTF-8.
 *
 * jz_yaml_read(jz_yaml_write(x)) equals x up to a depth of JZ_YAML_MAX_DEPTH, and writing what was
 * read from its own output gives the same bytes. */
void jz_yaml_write(const struct jz_node *node, struct jz_buf *out);

#endif
