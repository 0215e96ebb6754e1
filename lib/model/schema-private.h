/*
 * The compiled form of a schema, shared by the schema-*.c files.
 *
 * Every subschema is one struct jz_sub; its keywords lie in one block a family, which is NULL when
 * the schema has none of the family. All of it lives in the schema's arena and never changes once
 * jz_schema_compile() has returned.
 */
#ifndef JZ_MODEL_SCHEMA_PRIVATE_H
#define JZ_MODEL_SCHEMA_PRIVATE_H

#include "lib/base/map.h"
#include "lib/base/vec.h"
#include "lib/base/decimal.h"
#include "lib/model/schema.h"
#include "lib/port/regex.h"

/* Types as bits. "number" is NUMBER and INTEGER; a number with an integer value is INTEGER. */
enum {
	JZ_TYPE_NULL = 1,
	JZ_TYPE_BOOL = 2,
	JZ_TYPE_NUMBER = 4,
	JZ_TYPE_INTEGER = 8,
	JZ_TYPE_STRING = 16,
	JZ_TYPE_ARRAY = 32,
	JZ_TYPE_OBJECT = 64,
};

#define JZ_SUB_DEPTH_MAX 512 /* subschemas inside or behind each other, for one document node */

enum jz_sub_form { JZ_SUB_MAP, JZ_SUB_TRUE, JZ_SUB_FALSE };

struct jz_sub;

struct jz_sub_list {
	struct jz_sub **items;
	uint32_t len;
};

struct jz_hashed {
	uint64_t hash;
	uint32_t index;
};

/* const and enum */
struct jz_sub_values {
	struct jz_node **items;
	struct jz_hashed *sorted; /* by hash */
	uint32_t len;
};

/* minimum … multipleOf */
enum {
	JZ_MINIMUM,
	JZ_EXCLUSIVE_MINIMUM,
	JZ_MAXIMUM,
	JZ_EXCLUSIVE_MAXIMUM,
	JZ_MULTIPLE_OF,
	JZ_BOUNDS
};
struct jz_sub_numbers {
	struct {
		bool set;
		const char *text;
		struct jz_decimal value;
	} bounds[JZ_BOUNDS];
};

struct jz_pattern {
	const char *source;
	struct jz_regex *regex;
	const char *prefix; /* the pattern is ^prefix and needs no regex; else NULL */
	uint32_t prefix_len;
	bool not_blank; /* the pattern is \S: most texts begin with what is none */
};

struct jz_sub_strings {
	size_t min_length;
	size_t max_length; /* SIZE_MAX: none */
	struct jz_pattern *pattern;
	const char *form; /* the pattern in words (x-form); NULL: none */
	const char *form_en;
	bool (*format)(const char *text, size_t len); /* NULL: not asserted */
	const char *format_name;
};

struct jz_sub_arrays {
	size_t min_items;
	size_t max_items;
	bool unique;
	struct jz_sub_list prefix;
	struct jz_sub *items;
	struct jz_sub *contains;
	size_t min_contains;
	size_t max_contains;
};

/* A name that the schema speaks of: in properties, in required, or both. */
struct jz_prop {
	const char *key;
	uint32_t len;
	bool required;
	bool ask_patterns;	   /* patterns were not tried at compile time */
	struct jz_sub *sub;	   /* NULL: only required */
	struct jz_sub_list others; /* of the patternProperties that match the name */
};

struct jz_pattern_prop {
	struct jz_pattern pattern;
	struct jz_sub *sub;
};

struct jz_name {
	const char *text;
	uint32_t len;
};

struct jz_dependent {
	struct jz_name key;
	struct jz_name *required; /* ended by one without text; or NULL */
	struct jz_sub *sub;	  /* or NULL */
};

struct jz_sub_objects {
	struct jz_prop *props;
	uint32_t n_props;
	struct jz_name *required;
	uint32_t n_required;
	uint32_t *table; /* open addressing: prop number + 1 */
	uint32_t table_mask;
	struct jz_pattern_prop *patterns;
	uint32_t n_patterns;
	struct jz_dependent *dependents;
	uint32_t n_dependents;
	struct jz_sub *additional;
	struct jz_sub *names;
	size_t min_props;
	size_t max_props;
};

/* What is applied to the same place of the document. dependentSchemas are with the objects. */
struct jz_sub_logic {
	struct jz_sub *ref;
	struct jz_sub *dynamic_ref;
	const char *dynamic_name;     /* anchor to look for in the dynamic scope; NULL: as $ref */
	struct jz_sub *dynamic_usual; /* what it comes to when a check begins at the root */
	struct jz_sub_list all;
	struct jz_sub_list any;
	struct jz_sub_list one;
	struct jz_sub *not_;
	struct jz_sub *if_;
	struct jz_sub *then_;
	struct jz_sub *else_;
};

/* What typing needs to know about a place of the document where this subschema stands: every
 * subschema that may apply there too. */
struct jz_reach {
	const struct jz_sub *sub;
	bool certain; /* applies whatever the document says */
};
struct jz_place {
	struct jz_reach *reach; /* only those that speak of items or properties */
	uint32_t len;
	uint8_t types; /* 0: nothing said */
};

/* A schema resource: the document, or a subschema with its own $id. */
struct jz_resource {
	const char *uri; /* absolute or as given, without fragment */
	const struct jz_node *root;
	struct jz_map anchors;	/* name → node */
	struct jz_map dynamics; /* name of $dynamicAnchor → sub */
};

struct jz_sub {
	uint8_t form;  /* enum jz_sub_form */
	uint8_t types; /* of `type`; 0: any */
	bool speaks_of_children;
	bool walking; /* while compiling: on the way, to find cycles */
	bool settled; /* known to be on no cycle */
	uint32_t line;
	uint32_t column;
	const char *pointer; /* in the schema document */
	const char *title;
	const char *title_en;
	struct jz_resource *resource;
	struct jz_sub_values *constant;
	struct jz_sub_values *enumeration;
	struct jz_sub_numbers *numbers;
	struct jz_sub_strings *strings;
	struct jz_sub_arrays *arrays;
	struct jz_sub_objects *objects;
	struct jz_sub_logic *logic;
	struct jz_sub *unevaluated_items;
	struct jz_sub *unevaluated_props;
	struct jz_place *place; /* NULL: never the first at a place */
	uint8_t said;		/* types by all that applies here; 0: nothing */
	bool said_known;
	uint32_t mark; /* while compiling: visited */
};

struct jz_schema {
	struct jz_arena *arena;
	struct jz_sub *root;
	struct jz_vec subs;	 /* all struct jz_sub */
	struct jz_vec regexes;	 /* all struct jz_regex */
	struct jz_vec resources; /* all struct jz_resource */
};

/* --- compiling ------------------------------------------------------------------------------- */

struct jz_compiler {
	struct jz_schema *schema;
	const struct jz_node *root;
	bool assert_format;
	struct jz_err *err;
	struct jz_buf pointer; /* of the value being compiled */
	struct jz_resource *resource;
	struct jz_map by_node;	  /* address of a schema node → struct jz_sub */
	struct jz_map by_uri;	  /* uri → struct jz_resource */
	struct jz_map by_pointer; /* struct jz_sub.pointer → struct jz_sub */
	struct jz_vec refs;	  /* struct jz_pending, not resolved yet */
	size_t work;		  /* counts towards the limits on hostile schemas */
	unsigned depth;
};

/* A wrong schema: JZ_E_INVALID at the value, with the pointer to it. */
__attribute__((format(printf, 3, 4))) int
jz_schema_wrong(struct jz_compiler *c, const struct jz_node *at, const char *fmt, ...);

/* Compiles the schema in value, which stands at key (and, in a list, index) of the one being
 * compiled; puts it into *out. */
int jz_compile_sub(struct jz_compiler *c, const struct jz_node *value, struct jz_sub **out);
int jz_compile_list(struct jz_compiler *c, const struct jz_node *value, struct jz_sub_list *out);

/* Keyword handlers: `which` tells keywords of one handler apart. */
typedef int (*jz_keyword_fn)(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value,
			     int which);
int jz_kw_number(struct jz_compiler *, struct jz_sub *, const struct jz_node *, int);
int jz_kw_string(struct jz_compiler *, struct jz_sub *, const struct jz_node *, int);
int jz_kw_array(struct jz_compiler *, struct jz_sub *, const struct jz_node *, int);
int jz_kw_object(struct jz_compiler *, struct jz_sub *, const struct jz_node *, int);
int jz_kw_ref(struct jz_compiler *, struct jz_sub *, const struct jz_node *, int);

enum { JZ_KW_MIN_LENGTH, JZ_KW_MAX_LENGTH, JZ_KW_PATTERN, JZ_KW_FORM, JZ_KW_FORM_EN, JZ_KW_FORMAT };
enum {
	JZ_KW_PREFIX_ITEMS,
	JZ_KW_ITEMS,
	JZ_KW_CONTAINS,
	JZ_KW_MIN_ITEMS,
	JZ_KW_MAX_ITEMS,
	JZ_KW_MIN_CONTAINS,
	JZ_KW_MAX_CONTAINS,
	JZ_KW_UNIQUE_ITEMS,
};
enum {
	JZ_KW_PROPERTIES,
	JZ_KW_PATTERN_PROPERTIES,
	JZ_KW_ADDITIONAL,
	JZ_KW_NAMES,
	JZ_KW_REQUIRED,
	JZ_KW_MIN_PROPERTIES,
	JZ_KW_MAX_PROPERTIES,
	JZ_KW_DEPENDENT_REQUIRED,
	JZ_KW_DEPENDENT_SCHEMAS,
};
enum { JZ_KW_REF, JZ_KW_DYNAMIC_REF };

int jz_compile_size(struct jz_compiler *c, const struct jz_node *value, size_t *out);
int jz_compile_pattern(struct jz_compiler *c, const struct jz_node *at, const char *text,
		       size_t len, struct jz_pattern *out);
void jz_objects_finish(struct jz_compiler *c, struct jz_sub_objects *objects);

/* Opens a resource for $id and notes anchors of the schema node; JZ_E_INVALID if they clash. */
int jz_enter_resource(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *node);
int jz_resolve_refs(struct jz_compiler *c);
int jz_find_loops(struct jz_compiler *c);
int jz_compile_places(struct jz_compiler *c);
void jz_refs_release(struct jz_compiler *c);

/* RFC 3986: reference resolved against base, without its fragment; both may be relative. */
void jz_uri_resolve(const char *base, const char *reference, struct jz_buf *out);

/* --- checking -------------------------------------------------------------------------------- */

/* Where in the document, as a chain on the C stack. */
struct jz_frame {
	struct jz_frame *up;	    /* NULL: the document */
	const struct jz_pair *pair; /* a property … */
	uint32_t index;		    /* … or an item */
	const char *keyword;	    /* through which the schema got here */
	const struct jz_sub *titled;
};

/* Resources that were entered on the way here, for $dynamicRef. */
struct jz_scope {
	const struct jz_scope *up;
	const struct jz_resource *resource;
};

/* Properties or items that some subschema has evaluated. */
struct jz_seen {
	uint64_t *bits; /* small, or on the heap */
	uint64_t small[4];
	uint32_t words;
};

enum jz_check_mode {
	JZ_CHECK_LOUD,	/* every failure is a finding */
	JZ_CHECK_QUIET, /* yes or no, stops at the first failure */
	JZ_CHECK_WEIGH, /* adds up how far off the document is */
};

struct jz_check {
	struct jz_findings *findings;
	enum jz_check_mode mode;
	size_t weight;			/* JZ_CHECK_WEIGH */
	const struct jz_frame *weighed; /* where the branch being weighed begins */
	struct jz_frame *frame;
	const struct jz_scope *scope;
	size_t steps;
	unsigned depth;
	bool given_up; /* a limit was reached: the document counts as invalid, a finding says so */
	struct jz_regex_scratch *scratch;
};

/* How far off a failure makes a branch of anyOf or oneOf. */
enum { JZ_OFF_A_LITTLE = 1, JZ_OFF_KEY = 3, JZ_OFF_VALUE = 100, JZ_OFF_TYPE = 10000 };

/* Judges node; seen (may be NULL) takes what was evaluated. */
bool jz_check_sub(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		  struct jz_seen *seen);

/* The same with failures kept to itself; in a mode of its own. */
bool jz_check_quietly(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		      struct jz_seen *seen);

bool jz_check_logic(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		    struct jz_seen *seen);
bool jz_check_values(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node);
bool jz_check_numbers(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node);
bool jz_check_strings(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node);
bool jz_check_arrays(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		     struct jz_seen *seen);
bool jz_check_objects(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
		      struct jz_seen *seen);
bool jz_check_unevaluated(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *node,
			  struct jz_seen *seen);

bool jz_check_item(struct jz_check *c, const struct jz_sub *sub, const struct jz_node *seq,
		   uint32_t index, const char *keyword);
bool jz_check_pair(struct jz_check *c, const struct jz_sub *sub, const struct jz_pair *pair,
		   const char *keyword);

/* 1 matches, 0 does not; JZ_E_INVALID: given up. */
int jz_pattern_match(struct jz_check *c, const struct jz_pattern *pattern, const char *text,
		     size_t len);
const struct jz_prop *jz_prop_find(const struct jz_sub_objects *objects, const char *key,
				   size_t len, uint32_t *hint);

/* Notes a failure at the place of the check; always returns false. */
__attribute__((format(printf, 5, 6))) bool jz_check_fail(struct jz_check *c,
							 const struct jz_node *node, unsigned off,
							 const char *rule, const char *fmt, ...);
/* Ends the whole check with a finding, in whatever mode it is. */
bool jz_check_give_up(struct jz_check *c, const struct jz_node *node, const char *rule,
		      const char *why);

/* Subschemas applied in one check, and other work in like units: far beyond what a document of the
 * largest size needs, and soon reached by schemas that double at every level. */
#define JZ_STEPS_MAX 20000000

/* Counts work; false: the limit is passed, the next subschema will give up. */
static inline bool jz_check_spend(struct jz_check *c, size_t work)
{
	c->steps += work;
	return c->steps <= JZ_STEPS_MAX;
}

/* A failure that only adds to others; true: there is no need to look further. */
static inline bool jz_check_stop(struct jz_check *c, bool ok, bool *valid)
{
	*valid &= ok;
	return !ok && (c->mode == JZ_CHECK_QUIET || c->given_up);
}

void jz_seen_init(struct jz_seen *seen, const struct jz_node *node);
void jz_seen_release(struct jz_seen *seen);
void jz_seen_add(struct jz_seen *seen, uint32_t index); /* seen may be NULL */
void jz_seen_add_all(struct jz_seen *seen);
void jz_seen_merge(struct jz_seen *seen, const struct jz_seen *from);
bool jz_seen_has(const struct jz_seen *seen, uint32_t index);

/* The field's own title in the language of the messages; NULL: it has none. */
const char *jz_sub_title(const struct jz_sub *sub);

/* Bits of the types that a node is of, one of JZ_TYPE_*. */
unsigned jz_type_of(const struct jz_node *node);
/* "text or a number", in the user's language, for messages. */
void jz_type_words(unsigned types, struct jz_buf *out);

/* Equal (jz_node_equal) typed trees have the same hash. */
uint64_t jz_value_hash(const struct jz_node *node, size_t *work); /* adds nodes looked at */
void jz_hashed_sort(struct jz_hashed *all, size_t len);

/* --- formats --------------------------------------------------------------------------------- */

typedef bool (*jz_format_fn)(const char *text, size_t len);
jz_format_fn jz_format_find(const char *name); /* NULL: not known, an annotation */

bool jz_format_hostname(const char *text, size_t len);
bool jz_format_email(const char *text, size_t len);
bool jz_format_idn_email(const char *text, size_t len);
bool jz_format_ipv4(const char *text, size_t len);
bool jz_format_ipv6(const char *text, size_t len);
bool jz_format_uri(const char *text, size_t len);
bool jz_format_uri_reference(const char *text, size_t len);

#endif
