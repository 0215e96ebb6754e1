/* The history of one record with the fields that each commit changed, and their values if asked
 * for. */
#ifndef JZ_CMD_LOG_FIELDS_H
#define JZ_CMD_LOG_FIELDS_H

#include <stdbool.h>
#include "cmd/changes.h"
#include "lib/store/store.h"

/* count 0: all. A revision that cannot be read is named and counted, and the result JZ_E_FINDINGS
 * with an empty message. Who may not read the newest gets that failure, and nothing is printed. */
int jz_log_fields(struct jz_snapshot *snapshot, const struct jz_entry *entry, bool values,
		  enum jz_change_form form, long count, struct jz_err *err);

#endif
