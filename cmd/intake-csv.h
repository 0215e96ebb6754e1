/* Inside cmd/intake-csv.c and cmd/intake-row.c only: a list on its way into the store. */
#ifndef JZ_CMD_INTAKE_CSV_H
#define JZ_CMD_INTAKE_CSV_H

#include "cmd/intake.h"
#include "lib/model/csvmap.h"
#include "lib/port/csv.h"

struct jz_import {
	struct jz_change *change;
	const struct jz_intake_csv *csv;
	struct jz_csvmap *map;
	struct jz_buf text; /* of the table, UTF-8 */
	struct jz_known known;
	unsigned attempts;
	bool rejects_written;

	/* what one attempt at the transaction made */
	struct jz_txn *txn;
	struct jz_arena *arena; /* headers and columns */
	const struct jz_csvmap_column **columns; /* by position */
	const char **heads;
	size_t column_count;
	struct jz_progress *progress;
	struct jz_findings findings; /* about rows that are not taken */
	size_t count;
	size_t bad;
	struct jz_buf rejects; /* their text, with --skip-bad */
	char id[40];	       /* the next free one; "": not asked for yet */
	bool store_failed;     /* what ended the reading was not the table */
};

/* For jz_csv_each(), the header first: puts the case of a row, or says what is wrong with it. Fails
 * where the whole does. */
int jz_import_row(void *data, const struct jz_csv_row *from, struct jz_err *err);

#endif
