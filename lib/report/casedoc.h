/*
 * One case as a printable document, all of it, in the order and with the titles of its schema, and
 * what is derived from it on a day.
 */
#ifndef JZ_REPORT_CASEDOC_H
#define JZ_REPORT_CASEDOC_H

#include "lib/base/date.h"
#include "lib/report/doc.h"
#include "lib/store/store.h"

int jz_report_case(struct jz_snapshot *snapshot, const char *id, struct jz_date date,
		   struct jz_doc **out, struct jz_err *err);

/* Adds the fields of a node, in the shape of its schema: for `show` too. */
struct jz_shape;
struct jz_codes;
void jz_casedoc_fields(struct jz_doc *doc, const struct jz_shape *shape, struct jz_codes *codes,
		       const struct jz_node *node, int level);

#endif
