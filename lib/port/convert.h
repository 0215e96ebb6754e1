/*
 * From one text format to another. CSV and NDJSON are lists of rows and are converted row by row;
 * YAML and JSON are one document. A document becomes rows if it is a sequence (NDJSON also takes
 * anything else as its one line); rows become a document as a sequence.
 *
 * CSV values are text. CSV can be made of flat objects that all have the same keys; anything else
 * is JZ_E_INVALID with its place. null becomes an empty cell. Comments of YAML stay only from YAML
 * to YAML.
 */
#ifndef JZ_PORT_CONVERT_H
#define JZ_PORT_CONVERT_H

#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/node.h"

enum jz_format { JZ_FORMAT_NONE, JZ_FORMAT_YAML, JZ_FORMAT_JSON, JZ_FORMAT_CSV, JZ_FORMAT_NDJSON };

/* "yaml", "json", "csv", "ndjson", NULL: the values of an option. */
extern const char *const jz_format_names[];

enum jz_format jz_format_named(const char *name);   /* JZ_FORMAT_NONE: no such name */
enum jz_format jz_format_of_file(const char *path); /* by its ending; JZ_FORMAT_NONE: unknown */

/* Bytes that one conversion may read. */
size_t jz_format_limit(enum jz_format format);

struct jz_convert {
	enum jz_format from, to;
	/* Types a YAML document that goes to another format; NULL: jz_node_type_core. */
	void (*type)(const void *data, struct jz_node *document);
	const void *type_data;
	/* Takes the output in pieces of whole characters; first called when all input was checked.
	 */
	int (*write)(void *data, const char *text, size_t len, struct jz_err *err);
	void *write_data;
};

/* Converts UTF-8 text. */
int jz_convert(const struct jz_convert *how, const char *text, size_t len, struct jz_err *err);

#endif
