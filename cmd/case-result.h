/* Telling what came of a change: ids, findings, and what is open at once (5.3.3). */
#ifndef JZ_CMD_CASE_RESULT_H
#define JZ_CMD_CASE_RESULT_H

#include "cmd/case-change.h"

/*
 * Prints the result of a transaction and returns the code for main(). Text: ids on standard output,
 * one a line (records, then items as list[ID]); findings and duties on standard error. JSON:
 * {"format":"jzbf/change/1","commit":"…"|null,"touched":[…],"items":[…],"findings":[…],"duties":[…]}
 * with duties {"id","assessment","instrument","items","due"}; assess adds "score" (jzbf/score/1).
 */
int jz_change_tell(struct jz_change *change, int rc, struct jz_err *err);

#endif
