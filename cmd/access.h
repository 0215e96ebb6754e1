/* Subcommands of `jzbf access` that have a file of their own. */
#ifndef JZ_CMD_ACCESS_H
#define JZ_CMD_ACCESS_H

#include "cmd/command.h"

extern const struct jz_command jz_access_exposure;

#endif
