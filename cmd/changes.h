/* Printing what differs between two revisions of a record: for log and diff. */
#ifndef JZ_CMD_CHANGES_H
#define JZ_CMD_CHANGES_H

#include <stdbool.h>
#include <stdio.h>
#include "lib/model/codes.h"
#include "lib/model/diff.h"
#include "lib/model/shape.h"

struct jz_changes {
	struct jz_shape shape; /* of the record's kind */
	struct jz_codes *codes;
	bool values; /* old and new values, not only the fields */
	bool json;   /* collect into list instead of printing */
	int indent;
	struct jz_arena *arena; /* json */
	struct jz_node *list;	/* json: a sequence of {path, change, before, after} */
	size_t count;
};

/* before or after may be NULL. */
void jz_changes_print(struct jz_changes *changes, const struct jz_node *before,
		      const struct jz_node *after);

/* A value on one line, cut after some columns: "3 fields" for what has parts. */
void jz_change_value(struct jz_changes *changes, const char *path, const struct jz_node *value,
		     struct jz_buf *out);

#endif
