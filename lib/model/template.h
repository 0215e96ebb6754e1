/*
 * A commented YAML template of what a command takes, made from the schema: every field with its
 * title, whether it must be filled, its clause and its codes. Read back with only some fields
 * filled, the empty ones are dropped (jz_item_prepare()).
 */
#ifndef JZ_MODEL_TEMPLATE_H
#define JZ_MODEL_TEMPLATE_H

#include "lib/base/buf.h"
#include "lib/model/codes.h"
#include "lib/model/shape.h"

/* Appends the template of a shape. only: the keys of the top level that are wanted,
 * NULL-terminated; NULL: all. What the program fills in itself (ids, format, revision) is left out.
 */
void jz_template_write(const struct jz_shape *shape, struct jz_codes *codes,
		       const char *const *only, struct jz_buf *out);

#endif
