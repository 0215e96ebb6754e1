/*
 * Errors: every function that can fail returns 0 or a negative enum jz_code and fills a
 * caller-owned struct jz_err, which lives on the caller's stack and owns nothing.
 *
 * NULL is allowed wherever a struct jz_err * is taken. On failure the function's other outputs are
 * untouched. A message is one translated sentence without a full stop; it names a field and a
 * position, never a value that came out of a decrypted record.
 */
#ifndef JZ_BASE_ERR_H
#define JZ_BASE_ERR_H

#include <stdbool.h>

/* The negated code is the exit status of a command (design: exit codes). */
enum jz_code {
	JZ_OK = 0,
	JZ_E_FINDINGS = -1, /* findings, or nothing matched */
	JZ_E_USAGE = -2,    /* the command line is wrong */
	JZ_E_INVALID = -3,  /* data that breaks its format, schema or a rule */
	JZ_E_CRYPTO = -4,   /* a key is missing, expired, refused; a message does not decrypt */
	JZ_E_CONFLICT = -5, /* locked, changed meanwhile, in conflict, not verified */
	JZ_E_IO = -6,	    /* file system, process, repository */
	JZ_E_BUG = -70,	    /* cannot happen */
};

struct jz_err {
	int code;
	bool foreign;	 /* JZ_E_CRYPTO: a sound message, but encrypted to other people only */
	bool keyless;	 /* JZ_E_CRYPTO: a sound message, but no secret key for it is here */
	unsigned line;	 /* 1-based; 0: unknown */
	unsigned column; /* 1-based, in characters; 0: unknown */
	char clause[32]; /* clause of the standard or article of a law, "" if none */
	char file[256];	 /* file or record path, "" if none */
	char path[256];	 /* JSON Pointer of the field, "" if none */
	char message[768];
};

#define JZ_ERR_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}

/* Fills *err (code, message; position cleared) and returns code. */
__attribute__((format(printf, 3, 4))) int jz_fail(struct jz_err *err, int code, const char *fmt,
						  ...);

/* The same, with a position in the input. */
__attribute__((format(printf, 5, 6))) int jz_fail_at(struct jz_err *err, int code, unsigned line,
						     unsigned column, const char *fmt, ...);

/* JZ_E_IO with "what: strerror(errno)"; call it before anything can change errno. */
int jz_fail_errno(struct jz_err *err, const char *what);

/* Puts "prefix: " before the message of a failure that is on its way up. */
__attribute__((format(printf, 2, 3))) void jz_err_prefix(struct jz_err *err, const char *fmt, ...);

/* Names the file of a failure, unless a deeper one was named already. */
void jz_err_file(struct jz_err *err, const char *file);

#endif
