/* The scores of a case's assessments, recomputed from the raw answers, as a table of a report. */
#ifndef JZ_REPORT_CASESCORE_H
#define JZ_REPORT_CASESCORE_H

#include "lib/base/node.h"
#include "lib/report/doc.h"

/* Adds a heading and the table "scores"; nothing if there is no assessment. Answers that do not fit
 * their key, or a key that is not at hand, are said in the row. */
void jz_casedoc_scores(struct jz_doc *doc, const struct jz_node *record);

#endif
