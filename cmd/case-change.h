/*
 * What all commands that write into a case share: the options, reading what was given, one
 * transaction, and telling what came of it.
 *
 * A command fills a struct jz_change, calls jz_change_begin(), and jz_change_commit(), which reads
 * each record, merges the --from document, sets the fields, lets the command's own fill() derive
 * the rest, and puts it. A refusal prints every finding with its clause and nothing is written. A
 * success prints the ids that were touched, then warnings, then what is still open at once (5.3.3).
 */
#ifndef JZ_CMD_CASE_CHANGE_H
#define JZ_CMD_CASE_CHANGE_H

#include "cmd/command.h"
#include "lib/model/field.h"
#include "lib/model/finding.h"
#include "lib/model/item.h"
#include "lib/store/txn.h"

/* Values of the shared options. */
struct jz_change_args {
	const char *from;
	const char *format;
	bool template;
	bool dry_run;
};

/* Rows of an option table. */
#define JZ_CHANGE_OPTS(args)                                                                       \
	JZ_FILE_OPT(&(args).from, "from",                                                          \
		    N_("read fields from a YAML file, - is standard input")),                      \
		JZ_FLAG_OPT(&(args).template, "template",                                          \
			    N_("print a commented YAML template for --from and stop")),            \
		JZ_DRY_RUN_OPT(&(args).dry_run, N_("check everything and write nothing")),         \
		JZ_FORMAT_OPT(&(args).format, jz_text_or_json,                                     \
			      N_("print the result as text or json"))

/* An option that names an item of the case, and the one for the item to change. */
#define JZ_NAMED_ITEM_OPT(item, name, text)                                                        \
	{                                                                                          \
		.kind = JZ_OPT_STRING, .long_name = (name), .dest = &(item),                       \
		.metavar = N_("ITEM"), .help = (text)                                              \
	}
#define JZ_ITEM_OPT(item, text) JZ_NAMED_ITEM_OPT(item, "item", text)

/* Of a table with --csv. */
extern const char *const jz_change_encodings[];
#define JZ_ENCODING_OPT(dest_)                                                                     \
	{                                                                                          \
		.kind = JZ_OPT_ENUM, .long_name = "encoding", .dest = (dest_),                     \
		.metavar = N_("ENCODING"),                                                         \
		.help = N_("with --csv: utf-8 (with or without a byte order mark) or gb18030"),    \
		.values = jz_change_encodings, .complete = JZ_COMPLETE_VALUES                      \
	}

/* The fields, behind the other arguments. */
#define JZ_FIELDS_ARG                                                                              \
	{                                                                                          \
		.metavar = N_("FIELD"), .help = N_("path=value"), .complete = JZ_COMPLETE_FIELD,   \
		.optional = true, .many = true                                                     \
	}

/* CASE [FIELD=VALUE…]: the arguments of most of them. */
extern const struct jz_arg jz_change_case_args[];

/* The paragraphs about fields that the help of every writing command ends with. */
extern const char jz_change_about_fields[];
extern const char jz_change_about_argv[];

/* One record on its way into the store. */
struct jz_work {
	struct jz_txn *txn;
	struct jz_snapshot *snapshot;
	struct jz_arena *arena;
	char id[40];
	bool fresh;			/* a new record */
	struct jz_node *root;		/* being changed */
	const struct jz_record *before; /* as read; NULL: fresh */
	struct jz_node *item;		/* what the command is about; NULL: the record */
	const struct jz_policy *policy;
	const char *me; /* id of the person at work */
	struct jz_date today;
	int64_t now;
};

struct jz_change {
	/* filled by the command */
	struct jz_ctx *ctx;
	const struct jz_change_args *args;
	const char *verb;    /* of the commit: neutral */
	const char *kind;    /* "case", "psych" */
	const char *list;    /* "services": an item of this list; NULL: the record itself */
	bool object;	     /* list is one map ("closing"), not a list of items */
	const char *sub;     /* "actions": a new item of this list of the item */
	const char *item_id; /* the item to change; NULL: a new one */
	struct jz_strs ids;  /* records; none: one new record */
	/* The id of the item to change, when only the record can tell; NULL: a new one. */
	const char *(*choose)(struct jz_change *change, struct jz_work *work);
	/* Called before document and fields are merged. */
	int (*seed)(struct jz_change *change, struct jz_work *work, struct jz_err *err);
	/* Called when document and fields are merged; may be called again by a retry. */
	int (*fill)(struct jz_change *change, struct jz_work *work, struct jz_err *err);
	/* Instead of all that, called once a transaction; NULL: as described. */
	int (*apply)(struct jz_change *change, struct jz_txn *txn, struct jz_err *err);
	/* Prints what else came of it, between the ids and the duties; for JSON (map not NULL) adds
	 * it to the document. */
	void (*tell)(const struct jz_change *change, struct jz_arena *arena, struct jz_node *map);
	void *data;
	const char *refused; /* why its options do not go together; NULL: they do */

	/* made by jz_change_begin() */
	struct jz_arena *arena;
	struct jz_snapshot *snapshot; /* the head when the command began */
	struct jz_codes *codes;
	const char *me;
	struct jz_shape shape;
	struct jz_shape item_shape;
	struct jz_node *doc; /* prepared; NULL: none */
	struct jz_fields fields;
	struct jz_item_names names;
	char new_item[JZ_ITEM_ID_LEN + 1];

	/* what came of it */
	struct jz_findings findings;
	struct jz_strs touched;
	struct jz_strs items;
	struct jz_vec puts; /* struct jz_touched: the case records as they were put */
	char commit[41];
};

/* A copy of a record that was put, for what is said about it afterwards. */
struct jz_touched {
	struct jz_arena *arena;
	struct jz_node *root;
	struct jz_node *before; /* NULL: it is new */
	char kind[24];
	char id[40];
};

/* Opens the store's head, reads --from and the fields argv[first…argc-1]. */
int jz_change_begin(struct jz_change *change, int argc, char **argv, int first, struct jz_err *err);

/* Prints the template of the item, or of these keys of the record (NULL: all). */
int jz_change_template(struct jz_change *change, const char *const *only, struct jz_err *err);

int jz_change_commit(struct jz_change *change, struct jz_err *err);

/* Would jz_change_commit() land? Tells only what it would be refused for; writes nothing. */
int jz_change_try(struct jz_change *change, struct jz_err *err);

/* The whole of a command that needs nothing in between: takes at most max cases and the fields
 * behind them from the arguments, refuses what does not go together, begins, prints the template or
 * commits, and ends. */
int jz_change_run(struct jz_change *change, int argc, char **argv, int max, struct jz_err *err);
void jz_change_end(struct jz_change *change);

/* Moves the leading arguments that are no fields (no '=') to change->ids, at most max; returns the
 * index of the first field. */
int jz_change_cases(struct jz_change *change, int argc, char **argv, int max);

/* JZ_E_USAGE unless a case was named; --template needs none. */
int jz_change_needs_case(const struct jz_change *change, struct jz_err *err);

/* ---- for fill() and apply() ---- */

/* Sets a key of the command's item (or record) that nobody gave. */
void jz_work_default(struct jz_change *change, struct jz_work *work, const char *key,
		     const char *value);
/* The same with the present moment as RFC 3339. */
void jz_work_default_now(struct jz_change *change, struct jz_work *work, const char *key);
void jz_now_text(int64_t now, char out[26]);

/* Reads a record of the kind for changing (a psych record that is not there yet is begun); work is
 * filled but for the item. id NULL: a new one. */
int jz_work_open(struct jz_change *change, struct jz_txn *txn, const char *id, struct jz_work *work,
		 struct jz_err *err);
/* Merges document and fields, calls fill(), puts. */
int jz_work_put(struct jz_change *change, struct jz_work *work, struct jz_err *err);
void jz_work_release(struct jz_work *work);

#endif
