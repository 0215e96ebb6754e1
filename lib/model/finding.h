/*
 * Findings: what a schema or a rule has to say about a document. One finding is one sentence with a
 * position, a field and, for rules, a clause; never a value of the document.
 */
#ifndef JZ_MODEL_FINDING_H
#define JZ_MODEL_FINDING_H

#include <stdbool.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

/* 可 is information, 宜 a warning, 应 an error. */
enum jz_severity { JZ_INFO, JZ_WARNING, JZ_ERROR };

struct jz_finding {
	enum jz_severity severity;
	const char *file; /* as the user named it, or the record id; NULL: unknown */
	unsigned line;	  /* 1-based, 0: unknown */
	unsigned column;
	const char *path;    /* JSON Pointer, "" is the document */
	const char *rule;    /* schema keyword ("required") or rule id ("R6.4.1") */
	const char *clause;  /* "6.4.1" or NULL */
	const char *message; /* translated */
	/* For people, who are shown titles, and one line for what several rules say of one thing: */
	const char *about; /* what of the field it is ("2026-04", a topic's label); NULL: the field */
	const char *text;  /* the message without that, or without the field's title, in front */
	const char *where; /* titles along path; NULL: not looked up, or there are none */
};

struct jz_findings {
	struct jz_arena *arena; /* owns all text */
	struct jz_finding *items;
	size_t len;
	size_t cap;
	size_t errors; /* of severity JZ_ERROR */
	int failed;    /* why something could not be checked, which is an error too; 0: all was */
	size_t limit;  /* keep at most so many (0: 1000); errors counts on */
};

void jz_findings_init(struct jz_findings *findings);
void jz_findings_release(struct jz_findings *findings);

/* Adds one. node gives the position (may be NULL), path is copied. */
__attribute__((format(printf, 7, 8))) void
jz_findings_add(struct jz_findings *findings, enum jz_severity severity, const struct jz_node *node,
		const char *path, const char *rule, const char *clause, const char *fmt, ...);

/* The same for a finding about one of several things that a field holds or should hold. */
__attribute__((format(printf, 8, 9))) void
jz_findings_add_about(struct jz_findings *findings, enum jz_severity severity,
		      const struct jz_node *node, const char *path, const char *rule,
		      const char *clause, const char *about, const char *fmt, ...);

/* The same for a field whose title (NULL: none) stands in front of the message. */
__attribute__((format(printf, 8, 9))) void
jz_findings_add_titled(struct jz_findings *findings, enum jz_severity severity,
		       const struct jz_node *node, const char *path, const char *rule,
		       const char *clause, const char *title, const char *fmt, ...);

/* Adds a copy of one. */
void jz_findings_copy(struct jz_findings *findings, const struct jz_finding *finding);

/* Moves all of `from` behind those of `to`, which takes as many as its limit allows; `from` is empty
 * then, and ready for the next document. */
void jz_findings_take(struct jz_findings *to, struct jz_findings *from);

/* Names the file of every finding from index `from` on. */
void jz_findings_file(struct jz_findings *findings, size_t from, const char *file);

/* Looks up `where` of every finding from index `from` on, by the schema of a kind of record ("case",
 * "psych"). */
void jz_findings_titles(struct jz_findings *findings, size_t from, const char *kind);

/* The first error as a struct jz_err with JZ_E_INVALID, or with why something could not be checked; 0
 * if there is none. */
int jz_findings_fail(const struct jz_findings *findings, struct jz_err *err);

#endif
