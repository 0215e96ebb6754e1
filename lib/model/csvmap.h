/*
 * Which column of a table is which field of a record, as an office writes it once for its export:
 *
 *	columns:
 *	  姓名: person.name
 *	  性别: {field: person.sex, values: {男: '1', 女: '2'}}
 *	  出生日期: {field: person.birth_date, date-format: YYYY/M/D}
 *	  备注:				# empty: a column that is not taken over
 *	constants:
 *	  sentence.category: probation
 *
 * Every column of the table must be named and every named column must be there, so that nothing is
 * left out unseen. An empty cell leaves its field alone. Messages name columns and fields, never
 *what a cell holds.
 */
#ifndef JZ_MODEL_CSVMAP_H
#define JZ_MODEL_CSVMAP_H

#include "lib/model/field.h"

struct jz_csvmap_column {
	const char *head;
	const char *path;	      /* NULL: not taken over */
	const struct jz_node *values; /* text of a cell to text of the field; NULL: as it is */
	const char *date_format;      /* YYYY, MM or M, DD or D, anything else as it stands */
};

struct jz_csvmap {
	struct jz_arena *arena;
	struct jz_csvmap_column *columns;
	size_t count;
	const struct jz_node *constants; /* path to text; NULL: none */
};

/* Reads a map and checks its paths against the target's schema. JZ_E_INVALID with position. */
int jz_csvmap_read(const char *file, const struct jz_field_target *target, struct jz_csvmap **out,
		   struct jz_err *err);
void jz_csvmap_free(struct jz_csvmap *map);
JZ_DEFINE_AUTO(struct jz_csvmap, jz_csvmap_free)

/* The column of that header; NULL: the map does not name it. */
const struct jz_csvmap_column *jz_csvmap_find(const struct jz_csvmap *map, const char *head);

/* Sets the constants, when the cells of the row are set: one that belongs to a new item ([+]) of
 * which a column gives another field is only set when that column's cell made the item. */
int jz_csvmap_constants(const struct jz_csvmap *map, struct jz_field_target *target,
			struct jz_err *err);

/* Sets the field of one cell. */
int jz_csvmap_cell(const struct jz_csvmap_column *column, const char *text, size_t len,
		   struct jz_field_target *target, struct jz_err *err);

/* True if the finding at a JSON Pointer is about the field of this column. */
bool jz_csvmap_concerns(const struct jz_csvmap_column *column, const char *pointer);

/* Turns a date that is written by the format into YYYY-MM-DD; false: it is not. */
bool jz_csvmap_date(const char *format, const char *text, char out[11]);

#endif
