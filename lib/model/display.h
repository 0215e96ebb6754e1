/*
 * Values as people read them: codes and enum words by their labels, booleans as yes and no,
 * everything else as it is written.
 */
#ifndef JZ_MODEL_DISPLAY_H
#define JZ_MODEL_DISPLAY_H

#include "lib/base/buf.h"
#include "lib/base/node.h"
#include "lib/model/codes.h"
#include "lib/model/shape.h"

/* Appends a scalar, or a list of scalars joined by a semicolon. shape may point to nothing. */
void jz_display(const struct jz_shape *shape, struct jz_codes *codes, const struct jz_node *value,
		struct jz_buf *out);

/* Title of a field, or its key where the schema names none. */
const char *jz_display_title(const struct jz_shape *shape, const char *key);

#define JZ_TITLE_MARK " › "

/* Appends the titles of the fields along a JSON Pointer, as "Services › no. 3 › Place": whoever reads
 * it counts from one. A key that the schema does not title stays itself. */
void jz_display_path(const struct jz_shape *root, const char *pointer, struct jz_buf *out);

/* True for a scalar and for a list of nothing but scalars. */
bool jz_is_flat(const struct jz_node *value);

#endif
