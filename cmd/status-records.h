/* What `jzbf status` learns by reading the records. */
#ifndef JZ_CMD_STATUS_RECORDS_H
#define JZ_CMD_STATUS_RECORDS_H

#include "cmd/command.h"
#include "lib/base/node.h"
#include "lib/store/store.h"

/* Counts the records into root's "records"; unless `quick`, decrypts them too and sets "readable",
 * "not_for_me" (sound, but for others), "unreadable" ([{kind, id, message}]) and "critical": the
 * answers that call for a report (5.3.3) and that nobody has met, [{id, psych, instrument, items,
 * due, overdue}]. What was not looked at is null. */
int jz_status_records(const struct jz_ctx *ctx, struct jz_snapshot *snapshot, bool quick,
		      struct jz_arena *arena, struct jz_node *root, struct jz_err *err);

#endif
