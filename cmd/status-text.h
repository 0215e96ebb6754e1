/* What `jzbf status` prints for people. */
#ifndef JZ_CMD_STATUS_TEXT_H
#define JZ_CMD_STATUS_TEXT_H

#include "lib/base/node.h"

/* From the document that --format json prints (schemas/output/). */
void jz_status_print(const struct jz_node *root);

#endif
