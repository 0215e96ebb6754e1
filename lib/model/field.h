/*
 * Fields given as "path=value", on a command line or by the map of a CSV file.
 *
 *	person.phone=…			a field of the record
 *	services[a7k2m9q4].outcome=…	a field of the item with this id (or number, from 0)
 *	needs[+].domain=…		a new item; the same [+] in several fields is the same item,
 *	needs[+2].domain=…		[+2] a further one
 *	topics[+]=…			one more value of a plain list
 *	path=				removes the field, or the whole item
 *	path=@FILE, path=@-		the text of a file, of standard input; @@ is a real @
 *
 * A path is looked up in the item that the command is about, then in the record; with a dot in
 *front only in the record.
 */
#ifndef JZ_MODEL_FIELD_H
#define JZ_MODEL_FIELD_H

#include "lib/base/buf.h"
#include "lib/model/item.h"

struct jz_field {
	char *path;
	struct jz_buf value; /* wiped on release */
};

struct jz_fields {
	struct jz_field *items;
	size_t len;
	size_t cap;
};
#define JZ_FIELDS_INIT                                                                             \
	{                                                                                          \
		0                                                                                  \
	}

/* Adds "path=value" as written, reading the file of an @. what_number names the argument in errors
 * (1: the first field), since the argument may be about a person. */
int jz_fields_add(struct jz_fields *fields, const char *text, int what_number, struct jz_err *err);
void jz_fields_release(struct jz_fields *fields);

/* Where fields go. */
struct jz_field_target {
	struct jz_arena *arena;
	struct jz_codes *codes;
	struct jz_shape shape; /* of root */
	struct jz_node *root;
	struct jz_shape item_shape; /* of item */
	struct jz_node *item;	    /* what the command is about; NULL: the record alone */
	struct jz_map fresh;	    /* "list+2" to the id of the item that was made for it */
	struct jz_strs made;	    /* paths of the items that were made: "needs[a7k2m9q4]" */
};
void jz_field_target_release(struct jz_field_target *target);

/* Sets one value. Errors name the path, never the value. */
int jz_field_set(struct jz_field_target *target, const char *path, const char *value, size_t len,
		 struct jz_err *err);

int jz_fields_apply(const struct jz_fields *fields, struct jz_field_target *target,
		    struct jz_err *err);

/* True if the path leads to a field of the schema; else why not. */
int jz_field_known(const struct jz_field_target *target, const char *path, struct jz_err *err);

#endif
