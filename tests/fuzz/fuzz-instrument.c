/*
 * A key, a line "%%", and answers: read, judged, built and scored. A key is also built when the
 * schema refuses it: building must stand by itself. The bytes are tried as an identity number, too.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/mem.h"
#include "lib/model/citizen_id.h"
#include "lib/model/instrument.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
	if (!truth)
		abort();
}

static void check_result(const struct jz_scoring *scoring)
{
	for (size_t i = 0; i < scoring->score_count; i++) {
		const struct jz_score_result *r = &scoring->scores[i];

		require(!r->defined || jz_ratio_cmp(r->low, r->high) <= 0);
		require(!r->defined || r->missing || jz_ratio_cmp(r->low, r->high) == 0);
		require(!r->band || r->defined);
	}
	for (unsigned item = 0; item <= scoring->instrument->asked + 1; item++)
		jz_scoring_must_ask(scoring, item);
	require(scoring->answered + scoring->missing_count == scoring->instrument->scored);
	jz_scoring_alerts(scoring);
}

static void score(const struct jz_instrument *key, const char *text, size_t len, const char *scale)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_scoring_free_p) struct jz_scoring *scoring = NULL;
	struct jz_answers answers;
	struct jz_findings findings;
	struct jz_node *root;

	if (jz_yaml_read(arena, text, len, &root, NULL))
		return;
	jz_findings_init(&findings);
	jz_answers_read_document(key, scale, root, &answers, &findings);
	if (answers.values) {
		scoring = jz_score(&answers);
		check_result(scoring);
	}
	jz_answers_release(&answers);
	jz_findings_release(&findings);
}

static void identity_number(const uint8_t *data, size_t size)
{
	jz_autofree char *number = jz_xstrndup((const char *)data, size);
	struct jz_citizen_id id;

	if (!jz_citizen_id_check(number, &id))
		require(strlen(id.number) == 18 && id.birth.year >= 1800);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_instrument_free_p) struct jz_instrument *key = NULL;
	const char *text = (const char *)data;
	const char *mark = memmem(data, size, "\n%%\n", 4);
	size_t len = mark ? (size_t)(mark - text) + 1 : size;
	const struct jz_schema *schema;
	struct jz_findings findings;
	struct jz_node *root;

	identity_number(data, size);
	if (jz_yaml_read(arena, text, len, &root, NULL))
		return 0;
	require(!jz_schema_builtin("instrument", &schema, NULL));
	jz_schema_type(schema, root);
	jz_findings_init(&findings);
	jz_schema_check(schema, root, &findings);
	if (!jz_instrument_build(root, &findings, &key) && mark)
		for (size_t i = 0; i < key->scale_count; i++)
			score(key, mark + 4, size - len - 3, i ? key->scales[i].id : NULL);
	jz_findings_release(&findings);
	return 0;
}
