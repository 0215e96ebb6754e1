/*
 * JSON (RFC 8259) with positions, exact digits and duplicate keys refused. Written here because no
 * packaged C reader keeps all three.
 */
#ifndef JZ_PORT_JSON_H
#define JZ_PORT_JSON_H

#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/node.h"

#define JZ_JSON_MAX_BYTES (8u << 20)
#define JZ_JSON_MAX_DEPTH 64
#define JZ_JSON_MAX_NODES (1u << 18)

/* Reads one document. A byte order mark before it is skipped; junk behind it, a lone surrogate and
 * what passes a limit are refused. A string may hold NUL (written as an escape): compare with len. */
int jz_json_read(struct jz_arena *arena, const char *text, size_t len, struct jz_node **out,
		 struct jz_err *err);

/* Reads a file ("-": standard input); errors name the file. */
int jz_json_read_file(struct jz_arena *arena, const char *path, struct jz_node **out,
		      struct jz_err *err);

/* Appends the node. indent 0: one line; else so many spaces a level. No newline at the end. Plain
 * scalars that nobody typed are written as strings. */
void jz_json_write(const struct jz_node *node, int indent, struct jz_buf *out);

void jz_json_quote(const char *text, size_t len, struct jz_buf *out); /* "…" */

#endif
